import type { TensorValue, Values } from '../../cases.ts';
import type { SteppedCase } from '../../networks.ts';

/** Padding of one axis, low and high, as TensorFlow's SAME has it: the odd place goes to the end. */
export function same(size: number, kernel: number, stride: number): readonly [number, number] {
  const missing = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  return [missing >> 1, missing - (missing >> 1)];
}

export function toChannelsFirst(value: TensorValue): TensorValue {
  return value.shape.length === 4 ? permute(value, [0, 3, 1, 2]) : value;
}

/** Transposed convolutions, which become convolutions of a dilated input. */
const TRANSPOSED: { readonly [C in SteppedCase]: Readonly<Record<string, readonly string[]>> } = {
  mlp64: {},
  mlp256: {},
  dcgan: { G: ['w2', 'w3'] },
  cyclegan: { GA: ['w8', 'w9'], GB: ['w8', 'w9'] },
};

/** Weights of networks that see images as [batch, channels, height, width]. */
export function weightsChannelsFirst(name: SteppedCase, networks: Readonly<Record<string, Values>>): Readonly<Record<string, Values>> {
  return Object.fromEntries(
    Object.entries(networks).map(([network, weights]) => [
      network,
      Object.fromEntries(Object.entries(weights).map(([key, value]) => [key, kernelFirst(flattened(name, network, key, value), TRANSPOSED[name][network]?.includes(key) === true)])),
    ]),
  );
}

function kernelFirst(value: TensorValue, transposed: boolean): TensorValue {
  if (value.shape.length < 4) return value;
  return transposed ? permute(flip(value), [2, 3, 0, 1]) : permute(value, [3, 2, 0, 1]);
}

/** Dense layers at an image's side: their units are ordered as the image's numbers are. */
function flattened(name: SteppedCase, network: string, key: string, value: TensorValue): TensorValue {
  if (name !== 'dcgan') return value;
  const as = (shape: readonly number[], order: readonly number[]): TensorValue => ({ shape: value.shape, data: permute({ shape, data: value.data }, order).data });
  if (network === 'D' && key === 'w3') return as([7, 7, 64], [2, 0, 1]);
  if (network === 'G' && key === 'w1') return as([64, 7, 7, 64], [0, 3, 1, 2]);
  if (network === 'G' && key === 'b1') return as([7, 7, 64], [2, 0, 1]);
  return value;
}

function flip({ shape, data }: TensorValue): TensorValue {
  const [height, width, a, b] = shape;
  const taps = height * width;
  const result = new Float32Array(data.length);
  for (let tap = 0; tap < taps; tap += 1) result.set(data.subarray((taps - 1 - tap) * a * b, (taps - tap) * a * b), tap * a * b);
  return { shape, data: result };
}

function permute({ shape, data }: TensorValue, order: readonly number[]): TensorValue {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const newShape = order.map((axis) => shape[axis]);
  const index = order.map(() => 0);
  const result = new Float32Array(data.length);
  for (let place = 0; place < result.length; place += 1) {
    result[place] = data[index.reduce((sum, value, axis) => sum + value * strides[order[axis]], 0)];
    for (let axis = order.length - 1; axis >= 0; axis -= 1) {
      index[axis] += 1;
      if (index[axis] < newShape[axis]) break;
      index[axis] = 0;
    }
  }
  return { shape: newShape, data: result };
}
