import type { ValueId } from '../../../ir/graph.ts';
import type { WindowAttributes } from '../../../ir/ops.ts';
import { range } from '../../../passes/shapes.ts';
import { WINDOW_VJP } from '../../../passes/vjp/windows.ts';
import { poolShape, type PoolShape } from '../../kernels/poolShape.ts';
import type { GraphWriter } from '../graphWriter.ts';
import { numberOf, type KernelCall, type KernelRule } from './rule.ts';

/** A pooling over x [n, …, c] as windows over all its dimensions. */
export function windowsOf(shape: PoolShape, rank: number): WindowAttributes {
  const inner = <T>(values: readonly T[]) => values.slice(5 - rank);
  const high = shape.size.map((size, axis) => (shape.outSize[axis] - 1) * shape.stride[axis] + shape.window[axis] - size - shape.before[axis]);
  return {
    window_dimensions: [1, ...inner(shape.window), 1],
    window_strides: [1, ...inner(shape.stride), 1],
    padding: [[0, 0], ...inner(shape.before).map((before, axis) => [before, inner(high)[axis]] as const), [0, 0]],
  };
}

/** How many elements of the image each window has, for each place: padding does not count. */
function counts(write: GraphWriter, { size, outSize, window, stride, before }: PoolShape, rank: number): ValueId {
  const along = range(3).map((axis) =>
    range(outSize[axis]).map((place) => Math.min(size[axis], place * stride[axis] - before[axis] + window[axis]) - Math.max(0, place * stride[axis] - before[axis])),
  );
  const all = along[0].flatMap((d) => along[1].flatMap((h) => along[2].map((w) => d * h * w)));
  if (all.every((count) => count === all[0])) return write.number(all[0]);
  return write.constant(all, [1, ...outSize.slice(5 - rank), 1]);
}

function average(call: KernelCall, x: ValueId): ValueId {
  const { write, attributes } = call;
  const shape = poolShape(write.shape(x), attributes);
  const rank = write.shape(x).length;
  const sum = write.builder.emit('reduce_window', [x], { kind: 'add', ...windowsOf(shape, rank) });
  return write.binary('divide', sum, counts(write, shape, rank));
}

function maximum({ write, attributes }: KernelCall, x: ValueId): ValueId {
  return write.builder.emit('reduce_window', [x], { kind: 'maximum', ...windowsOf(poolShape(write.shape(x), attributes), write.shape(x).length) });
}

/** The gradient kernel: dy shared out over each window. */
const averageGradient: KernelRule = (call) => {
  const { write } = call;
  const dy = call.input('dy');
  const shape = poolShape(write.shape(call.input('input')), call.attributes);
  const rank = write.shape(dy).length;
  write.builder.emit('reduce_window', [write.filled(0, write.shape(call.input('input')))], { kind: 'add', ...windowsOf(shape, rank) });
  const equation = write.lastEquation('reduce_window');
  const share = write.binary('divide', dy, counts(write, shape, rank));
  return WINDOW_VJP.reduce_window.kind === 'differentiable'
    ? WINDOW_VJP.reduce_window.gradient({ builder: write.builder, equation, cotangent: share, constantOf: () => null }, 0)
    : call.refuse(`the kernel '${call.kernelName}' has no derivative`);
};

const maximumGradient: KernelRule = (call) => {
  const { write, attributes } = call;
  const x = call.input('input');
  return write.builder.emit('select_and_scatter', [x, call.input('dy')], windowsOf(poolShape(write.shape(x), attributes), write.shape(x).length));
};

/** x·(bias + alpha·Σ x²)^−beta, the sum over 2·radius + 1 neighbouring channels. */
const localResponse: KernelRule = (call) => {
  const { write } = call;
  const x = call.input('x');
  const radius = numberOf(call, 'depthRadius');
  const sums = write.builder.emit('reduce_window', [write.binary('multiply', x, x)], {
    kind: 'add',
    window_dimensions: [1, 1, 1, 2 * radius + 1],
    window_strides: [1, 1, 1, 1],
    padding: [[0, 0], [0, 0], [0, 0], [radius, radius]],
  });
  const base = write.binary('add', write.binary('multiply', sums, write.number(numberOf(call, 'alpha'))), write.number(numberOf(call, 'bias')));
  return write.binary('multiply', x, write.binary('power', base, write.number(-numberOf(call, 'beta'))));
};

export const windowKernels = {
  AvgPool: (call) => average(call, call.write.convert(call.input('x'), 'f32')),
  AvgPool3D: (call) => average(call, call.write.convert(call.input('x'), 'f32')),
  MaxPool: (call) => maximum(call, call.input('x')),
  MaxPool3D: (call) => maximum(call, call.input('x')),
  AvgPoolGrad: averageGradient,
  AvgPool3DGrad: averageGradient,
  MaxPoolGrad: maximumGradient,
  MaxPool3DGrad: maximumGradient,
  LRN: localResponse,
} satisfies Readonly<Record<string, KernelRule>>;
