import type { ValueId } from '../../../ir/graph.ts';
import { range } from '../../../passes/shapes.ts';
import type { GraphWriter } from '../graphWriter.ts';
import { activated } from './activations.ts';
import type { KernelCall, KernelRule } from './rule.ts';

/** A product of matrices, or of batches of them, whose axes broadcast. */
interface Product {
  readonly x: ValueId;
  /** The shape that tfjs gives it: a single matrix may have axes of size 1 before its rows. */
  readonly shape: readonly number[];
}

function product({ write, input, attributes }: KernelCall): Product {
  const [a, b] = [write.convert(input('a'), 'f32'), write.convert(input('b'), 'f32')];
  const inner = [write.shape(a).at(attributes.transposeA === true ? -2 : -1), write.shape(b).at(attributes.transposeB === true ? -1 : -2)];
  // as tfjs's kernels refuse it: the op itself does not look
  if (inner[0] !== inner[1]) throw new Error(`Error in matMul: inner shapes (${inner[0]}) and (${inner[1]}) of Tensors with shapes ${write.shape(a)} and ${write.shape(b)} and transposeA=${String(attributes.transposeA)} and transposeB=${String(attributes.transposeB)} must match.`);
  const most = Math.max(write.shape(a).length, write.shape(b).length);
  const shapes = [a, b].map((x) => [...Array<number>(most - write.shape(x).length).fill(1), ...write.shape(x)]);
  const outer = range(most - 2).map((axis) => (shapes[0][axis] === 1 ? shapes[1][axis] : shapes[0][axis]));
  // layers have batches of one
  const batch = outer.every((size) => size === 1) ? [] : outer;
  const rank = batch.length + 2;
  const [lhs, rhs] = [a, b].map((x, i) => write.broadcast(write.reshape(x, shapes[i].slice(-rank)), [...batch, ...shapes[i].slice(-2)]));
  const x = write.builder.emit('dot_general', [lhs, rhs], {
    lhs_batching_dimensions: range(rank - 2),
    rhs_batching_dimensions: range(rank - 2),
    lhs_contracting_dimensions: [attributes.transposeA === true ? rank - 2 : rank - 1],
    rhs_contracting_dimensions: [attributes.transposeB === true ? rank - 1 : rank - 2],
  });
  return { x, shape: [...outer, ...write.shape(x).slice(-2)] };
}

/** A tensor whose axes have letters. */
interface Lettered {
  readonly x: ValueId;
  readonly letters: readonly string[];
}

/** Sums over letters that nothing else has. */
function summedOut(write: GraphWriter, { x, letters }: Lettered, kept: ReadonlySet<string>): Lettered {
  const axes = letters.flatMap((letter, axis) => (kept.has(letter) ? [] : [axis]));
  return { x: write.reduce('add', x, axes, false), letters: letters.filter((letter) => kept.has(letter)) };
}

/** The product of two, with the letters in `kept` left: those of both are batches, the others of both are contracted. */
function contracted(write: GraphWriter, first: Lettered, second: Lettered, kept: ReadonlySet<string>): Lettered {
  const a = summedOut(write, first, new Set([...kept, ...second.letters]));
  const b = summedOut(write, second, new Set([...kept, ...a.letters]));
  const both = a.letters.filter((letter) => b.letters.includes(letter));
  const [batch, inner] = [both.filter((letter) => kept.has(letter)), both.filter((letter) => !kept.has(letter))];
  const at = (side: Lettered, letters: readonly string[]) => letters.map((letter) => side.letters.indexOf(letter));
  const x = write.builder.emit('dot_general', [a.x, b.x], {
    lhs_batching_dimensions: at(a, batch),
    rhs_batching_dimensions: at(b, batch),
    lhs_contracting_dimensions: at(a, inner),
    rhs_contracting_dimensions: at(b, inner),
  });
  const free = (side: Lettered) => side.letters.filter((letter) => !both.includes(letter));
  return { x, letters: [...batch, ...free(a), ...free(b)] };
}

const einsum: KernelRule = ({ write, list, attributes, refuse }) => {
  const equation = String(attributes.equation).replace(/\s/g, '');
  const [left, result] = equation.split('->');
  const operands = left.split(',').map((letters, i): Lettered => ({ x: write.convert(list[i], 'f32'), letters: [...letters] }));
  if (operands.some(({ letters }) => new Set(letters).size < letters.length)) return refuse(`the einsum '${equation}' has a letter twice in one operand`);
  const joined = operands.reduce((product, operand, i) => {
    const later = operands.slice(i + 1).flatMap(({ letters }) => letters);
    return contracted(write, product, operand, new Set([...result, ...later]));
  });
  const { x, letters } = summedOut(write, joined, new Set(result));
  return write.transpose(x, [...result].map((letter) => letters.indexOf(letter)));
};

export const contractionKernels = {
  BatchMatMul: (call) => {
    const { x, shape } = product(call);
    return call.write.reshape(x, shape);
  },
  _FusedMatMul: (call) => {
    const { write } = call;
    const { x, shape } = product(call);
    const bias = call.optional('bias');
    const flat = (value: ValueId) => write.reshape(value, write.shape(value).slice(-Math.max(write.shape(x).length, 1)));
    return write.reshape(activated(call, bias === null ? x : write.binary('add', x, flat(bias))), shape);
  },
  Einsum: einsum,
} satisfies Readonly<Record<string, KernelRule>>;
