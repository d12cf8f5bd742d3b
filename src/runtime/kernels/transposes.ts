import { sizeOf } from '../../ir/values.ts';
import { range } from '../../passes/shapes.ts';
import { numbersOf, type KernelRule } from '../capture/kernels/rule.ts';
import { weightsAt, type Interpolation } from '../gradients/resizeWeights.ts';
import { alongAxis, alongAxisOf, transposed, type Share } from './alongAxis.ts';
import { asCode } from './asCode.ts';
import { OWN_KERNELS } from './ownKernels.ts';
import { poolShape } from './poolShape.ts';
import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** A linear map that goes axis by axis: what each place of dx gets of the places of dy, for axis 1 and those behind it. */
type Axes = (inputShape: readonly number[], dyShape: readonly number[], attributes: Attributes) => readonly (readonly Share[])[];

/** What average pooling along one axis makes of `size` places: each window's share of each; padding does not count. */
function averages(size: number, out: number, window: number, stride: number, before: number): readonly Share[] {
  return range(out).map((place) => {
    const start = place * stride - before;
    const inside = range(window).map((i) => start + i).filter((at) => at >= 0 && at < size);
    return inside.map((at) => [at, 1 / inside.length] as const);
  });
}

const averagePool: Axes = (inputShape, _dyShape, attributes) => {
  const { size, outSize, window, stride, before } = poolShape(inputShape, attributes);
  return range(3).slice(5 - inputShape.length).map((i) => transposed(averages(size[i], outSize[i], window[i], stride[i], before[i]), size[i]));
};

const resize: Axes = (inputShape, dyShape, attributes) => [1, 2].map((axis) => {
  const [from, to] = [inputShape[axis], dyShape[axis]];
  const shares = range(to).map((place): Share => {
    const { low, high, share } = weightsAt(place, from, to, attributes['interpolation'] as Interpolation, attributes);
    return share === 0 ? [[low, 1]] : [[low, 1 - share], [high, share]];
  });
  return transposed(shares, from);
});

/** The kernel dy → dx of such a map, for an input of the shape in the attribute `inputShape`. */
function transposeKernel(kernelName: string, axesOf: Axes): WasmKernel {
  const rule: KernelRule = (call) => {
    const dy = call.input('dy');
    const axes = axesOf(numbersOf(call, 'inputShape'), call.write.shape(dy), call.attributes);
    return axes.reduce((sum, shares, i) => alongAxis(call.write, sum, i + 1, shares), dy);
  };
  const loops: WasmKernel = {
    kernelName,
    run({ backend, inputs, attributes }) {
      const dy = inputs['dy']!;
      const inputShape = attributes['inputShape'] as number[];
      const shape = [...dy.shape];
      let values = floatsOf(backend, dy);
      axesOf(inputShape, dy.shape, attributes).forEach((shares, i) => {
        values = alongAxisOf(values, sizeOf(shape.slice(0, i + 1)), sizeOf(shape.slice(i + 2)), shape[i + 1]!, shares);
        shape[i + 1] = shares.length;
      });
      const out = backend.makeOutput([...inputShape], 'float32');
      floatsOf(backend, out).set(values);
      return out;
    },
  };
  return asCode(loops, ({ attributes }) => sizeOf(attributes['inputShape'] as number[]), rule);
}

/** The gradient of average pooling, of any rank; padding does not count. */
export const avgPoolTranspose = transposeKernel(OWN_KERNELS.avgPoolTranspose, averagePool);

/** The gradient of resizing, by any flags. */
export const resizeTranspose = transposeKernel(OWN_KERNELS.resizeTranspose, resize);
