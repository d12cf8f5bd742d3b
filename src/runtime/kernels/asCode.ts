import { sizeOf } from '../../ir/values.ts';
import { KERNELS } from '../capture/kernels/kernelTable.ts';
import type { KernelRule } from '../capture/kernels/rule.ts';
import type { KernelCall, WasmKernel } from './wasmKernel.ts';

/** A loop over fewer elements, or multiply-adds, is over before compiled code is found and called. */
const WORTH_CODE = 4096;

/** About how many elements, or multiply-adds, a call has to compute. */
type Work = (call: KernelCall) => number;

/**
 * A kernel as code that is compiled for each shape, by what it means as equations (the capture's rule); `kernel` itself computes what is too small for that,
 * and everything where there is no compiling.
 */
export function asCode(kernel: WasmKernel, work: Work, rule: KernelRule = ruleOf(kernel.kernelName)): WasmKernel {
  return {
    kernelName: kernel.kernelName,
    rule,
    run: (call) => (work(call) > WORTH_CODE ? call.compiled(rule) : null) ?? kernel.run(call),
  };
}

function ruleOf(kernelName: string): KernelRule {
  return (KERNELS as Readonly<Record<string, KernelRule>>)[kernelName];
}

const sizeOfInput = ({ inputs }: KernelCall, name: string): number => sizeOf(inputs[name].shape);

export const WORK = {
  /** Of a gradient of a convolution: each element of dy meets each of a filter's weights for its channel. */
  convolution: (call) => {
    const filter = (call.inputs['filter']?.shape ?? call.attributes['filterShape']) as readonly number[];
    return sizeOfInput(call, 'dy') * sizeOf(filter.slice(0, -1));
  },
  depthwise: (call) => {
    const filter = (call.inputs['filter']?.shape ?? call.attributes['filterShape']) as readonly number[];
    return sizeOfInput(call, 'dy') * sizeOf(filter.slice(0, -2));
  },
  product: ({ inputs: { a, b }, attributes: { transposeB } }) => sizeOf(a.shape) * b.shape.at(transposeB === true ? -2 : -1)!,
  pooling: (call) => sizeOfInput(call, 'input'),
  elements: (call) => sizeOfInput(call, 'x'),
  repeated: (call) => sizeOfInput(call, 'x') * sizeOf(call.attributes['reps'] as readonly number[]),
} satisfies Readonly<Record<string, Work>>;
