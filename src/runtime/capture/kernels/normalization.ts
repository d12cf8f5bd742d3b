import { numberOf, type KernelRule } from './rule.ts';

/** (x − mean)·scale/√(variance + ε) + offset, all but x of any shape that broadcasts to it. */
const batchNorm: KernelRule = (call) => {
  const { write } = call;
  const inverse = write.unary('rsqrt', write.binary('add', call.input('variance'), write.number(numberOf(call, 'varianceEpsilon'))));
  const scale = call.optional('scale');
  const slope = scale === null ? inverse : write.binary('multiply', inverse, scale);
  const scaled = write.binary('multiply', write.binary('subtract', call.input('x'), call.input('mean')), slope);
  const offset = call.optional('offset');
  return offset === null ? scaled : write.binary('add', scaled, offset);
};

export const normalizationKernels = {
  FusedBatchNorm: batchNorm,
} satisfies Readonly<Record<string, KernelRule>>;
