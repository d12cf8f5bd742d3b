import * as tf from '@tensorflow/tfjs';
import { KERNELS } from '../capture/kernels/kernelTable.ts';
import type { WasmKernel } from './wasmKernel.ts';

/** The labels of an equation, by what becomes of them in a product of two operands. */
interface Labels {
  /** In both operands and the result. */
  readonly batch: readonly string[];
  /** In both operands alone: summed. */
  readonly summed: readonly string[];
  /** In the first, or the second, operand and the result. */
  readonly first: readonly string[];
  readonly second: readonly string[];
}

function sortLabels(a: string, b: string, result: string): Labels {
  const both = [...a].filter((label) => b.includes(label));
  return {
    batch: both.filter((label) => result.includes(label)),
    summed: both.filter((label) => !result.includes(label)),
    first: [...a].filter((label) => !b.includes(label) && result.includes(label)),
    second: [...b].filter((label) => !a.includes(label) && result.includes(label)),
  };
}

/** x with its axes, called by `labels`, in the order `wanted`; axes that are not wanted are summed. */
function arranged(x: tf.Tensor, labels: string, wanted: readonly string[]): tf.Tensor {
  const spare = [...labels].flatMap((label, axis) => (wanted.includes(label) ? [] : [axis]));
  const rest = [...labels].filter((label) => wanted.includes(label));
  const summed = spare.length > 0 ? tf.sum(x, spare) : x;
  return tf.transpose(summed, wanted.map((label) => rest.indexOf(label)));
}

function checked(tensors: readonly tf.Tensor[], operands: readonly string[], result: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  tensors.forEach((x, index) => {
    const labels = operands[index] ?? '';
    if (labels.length !== x.rank || new Set(labels).size !== labels.length) throw new Error(`einsum: operand ${index}, [${x.shape}], is called '${labels}'`);
    [...labels].forEach((label, axis) => {
      if ((sizes.get(label) ?? x.shape[axis]!) !== x.shape[axis]!) throw new Error(`einsum: '${label}' has the sizes ${sizes.get(label)} and ${x.shape[axis]}`);
      sizes.set(label, x.shape[axis]!);
    });
  });
  const unknown = [...result].find((label) => !sizes.has(label));
  if (unknown !== undefined) throw new Error(`einsum: no operand has the axis '${unknown}' of the result`);
  return sizes;
}

/** Multiply-adds from which code of its own pays. */
const WORTH_CODE = 4096;

/** einsum of one operand or two, which the wasm backend (4.22) lacks: as one batched matrix product. */
export const einsum: WasmKernel = {
  kernelName: 'Einsum',
  rule: KERNELS.Einsum,
  run({ inputs, attributes, compiled }) {
    const [left, result] = (attributes['equation'] as string).replace(/\s/g, '').split('->');
    const operands = (left ?? '').split(',');
    // the engine hands over tensors
    const given = Object.values(inputs).map((info) => info as tf.Tensor);
    if (result === undefined || operands.length !== given.length || given.length > 2) throw new Error(`einsum: '${String(attributes['equation'])}' is not an equation of ${given.length} operands`);
    const sizes = checked(given, operands, result);
    const code = tf.util.sizeFromShape([...sizes.values()]) > WORTH_CODE ? compiled(KERNELS.Einsum) : null;
    // inside a kernel nothing is recorded
    return code ?? tf.tidy(() => {
      const shapeOf = (labels: readonly string[]): number[] => labels.map((label) => sizes.get(label)!);
      const sizeOf = (labels: readonly string[]): number => tf.util.sizeFromShape(shapeOf(labels));
      if (given.length === 1) return tf.clone(arranged(given[0]!, operands[0]!, [...result]));
      const { batch, summed, first, second } = sortLabels(operands[0]!, operands[1]!, result);
      const a = tf.reshape(arranged(given[0]!, operands[0]!, [...batch, ...first, ...summed]), [sizeOf(batch), sizeOf(first), sizeOf(summed)]);
      const b = tf.reshape(arranged(given[1]!, operands[1]!, [...batch, ...summed, ...second]), [sizeOf(batch), sizeOf(summed), sizeOf(second)]);
      const order = [...batch, ...first, ...second];
      return arranged(tf.reshape(tf.matMul(a, b), shapeOf(order)), order.join(''), [...result]);
    });
  },
};
