import * as fc from 'fast-check';
import { ARITY } from '../../ir/arity.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { inferType } from '../../ir/infer.ts';
import { createChoices, type Choices } from '../../ir/testing/choices.ts';
import { tensorType, type DType } from '../../ir/types.ts';
import { stridesOf } from '../../ir/values.ts';
import type { Access, Buffer, ContractionKernel, Guard, Kernel, LoopsKernel, Node, ScalarOp, Schedule, Store } from '../types.ts';
import { SCALAR_OPS } from '../types.ts';

/** Buffers that come to be as a random kernel asks for them. */
interface Ground extends Choices {
  /** An input that has at least so many elements. */
  readonly input: (dtype: DType, size: number) => number;
  readonly output: (dtype: DType, size: number) => number;
}

const FLOATS: readonly ScalarOp[] = ['negate', 'abs', 'sign', 'exponential', 'exponential_minus_one', 'log', 'log_plus_one', 'sqrt', 'rsqrt', 'tanh', 'logistic', 'floor', 'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum'];
const INTEGERS: readonly ScalarOp[] = ['negate', 'abs', 'sign', 'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum'];
const TRUTHS: readonly ScalarOp[] = ['not', 'and', 'or'];

const size = (site: Choices) => (site.rarely(20) ? 0 : site.between(1, 4));
const linear = (site: Choices) => site.element([0, 1, 1, 2, 3, 5, -1]);

/** The least and the greatest value of offset + Σ factors·index. */
function range(offset: number, factors: readonly number[], sizes: readonly number[]): readonly [number, number] {
  const ends = factors.map((factor, axis) => factor * Math.max(0, sizes[axis] - 1));
  return [offset + ends.reduce((sum, end) => sum + Math.min(0, end), 0), offset + ends.reduce((sum, end) => sum + Math.max(0, end), 0)];
}

function randomAccess(site: Ground, sizes: readonly number[], nodes: readonly Node[], dtype: DType): Access {
  const strides = sizes.map(() => linear(site));
  const guards = Array.from({ length: site.choose(3) }, (): Guard => ({
    offset: site.between(-2, 2),
    coefficients: sizes.map(() => site.element([0, 1, 1, 2, -1])),
    dilation: site.between(1, 2),
    size: site.between(1, 4),
    stride: site.between(1, 4),
  }));
  const indices = nodes.flatMap((node, place) => (node.dtype === 'i32' ? [place] : []));
  const indirections = indices.length > 0 && site.rarely(3) ? [{ node: site.element(indices), stride: site.between(1, 3), limit: site.choose(4) }] : [];
  const [least, most] = range(0, strides, sizes);
  const beyond = guards.reduce((sum, guard) => sum + (guard.size - 1) * guard.stride, 0) + indirections.reduce((sum, { stride, limit }) => sum + stride * limit, 0);
  return { buffer: site.input(dtype, most - least + beyond + 1), offset: -least, strides, guards, indirections, fill: dtype === 'f32' ? site.element([0, -Infinity, 0.1]) : 0 };
}

function apply<K extends ScalarOp>(op: K, args: readonly number[], dtype: DType, attributes: OpAttributes[K]): Node {
  // the union cannot be rebuilt from its generic parts
  return { kind: 'apply', op, args, dtype, attributes } as unknown as Node;
}

function randomNodes(site: Ground, sizes: readonly number[], given: readonly Node[]): readonly Node[] {
  const nodes: Node[] = [...given];
  const some = (dtype: DType): number => {
    const places = nodes.flatMap((node, place) => (node.dtype === dtype ? [place] : []));
    if (places.length > 0 && !site.rarely(4)) return site.element(places);
    nodes.push({ kind: 'load', dtype, access: randomAccess(site, sizes, nodes, dtype) });
    return nodes.length - 1;
  };
  for (let count = site.between(1, 6); count > 0; count--) {
    const dtype = site.element(['f32', 'f32', 'i32', 'i1'] as const);
    const plain = (ops: readonly ScalarOp[]) => {
      const op = site.element(ops);
      const args = Array.from({ length: ARITY[op][0] }, () => some(dtype));
      return apply(op, args, dtype, {} as never);
    };
    const makers: readonly (() => Node)[] = [
      () => plain({ f32: FLOATS, i32: INTEGERS, i1: TRUTHS }[dtype]),
      () => plain({ f32: FLOATS, i32: INTEGERS, i1: TRUTHS }[dtype]),
      () => apply('select', [some('i1'), some(dtype), some(dtype)], dtype, {}),
      () => apply('compare', [some(dtype), some(dtype)], 'i1', { direction: site.element(['EQ', 'NE', 'LT', 'LE', 'GT', 'GE']) }),
      () => apply('is_finite', [some('f32')], 'i1', {}),
      () => {
        const to = site.element(['f32', 'i32', 'i1'] as const);
        return apply('convert', [some(dtype)], to, { dtype: to });
      },
      () => ({ kind: 'constant', dtype, value: dtype === 'f32' ? site.element([0.1, -0, NaN, Infinity, -2.5]) : site.choose(2) }),
      () => ({ kind: 'index', dtype: dtype === 'i1' ? 'i32' : dtype, offset: site.between(-1, 2), coefficients: sizes.map(() => linear(site)) }),
    ];
    nodes.push(site.element(makers)());
  }
  return nodes;
}

/** Writes some nodes densely, each into an output of its own, in any order of dimensions. */
function randomStores(site: Ground, sizes: readonly number[], nodes: readonly Node[]): readonly Store[] {
  return Array.from({ length: site.between(1, 2) }, (_, i) => {
    const node = i === 0 ? nodes.length - 1 : site.choose(nodes.length);
    const order = site.shuffle(sizes.map((_, axis) => axis));
    const ordered = stridesOf(order.map((axis) => sizes[axis]));
    const strides = sizes.map((_, axis) => ordered[order.indexOf(axis)]);
    return { buffer: site.output(nodes[node].dtype, Math.max(1, sizes.reduce((a, b) => a * b, 1))), offset: 0, strides, node };
  });
}

function randomLoops(site: Ground): LoopsKernel {
  const space = Array.from({ length: site.choose(4) }, () => size(site));
  const reduced = site.rarely(2) ? Array.from({ length: site.between(1, 2) }, () => size(site)) : [];
  const nodes = randomNodes(site, [...space, ...reduced], []);
  const numbers = nodes.flatMap(({ dtype }, place) => (dtype === 'i1' ? [] : [place]));
  if (reduced.length === 0 || numbers.length === 0) {
    const sizes = [...space, ...reduced];
    return { kind: 'loops', space: sizes, reduced: [], nodes, reductions: [], epilogue: [], stores: randomStores(site, sizes, nodes) };
  }
  const reductions = Array.from({ length: site.between(1, 2) }, () => ({ combine: site.element(['add', 'maximum', 'minimum'] as const), node: site.element(numbers) }));
  const epilogue = randomNodes(site, space, reductions.map(({ node }, place): Node => ({ kind: 'accumulator', dtype: nodes[node].dtype, place })));
  return { kind: 'loops', space, reduced, nodes, reductions, epilogue, stores: randomStores(site, space, epilogue) };
}

/** A contraction on operands of which every place is read or none; strides are those of some order of the operand's dimensions. */
function randomContraction(site: Ground): ContractionKernel {
  const dims = (most: number) => Array.from({ length: site.choose(most + 1) }, () => site.between(1, 3));
  const [batch, rows, contracted, columns] = [dims(1), dims(2), dims(2), dims(2)];
  const dtype = site.element(['f32', 'f32', 'i32'] as const);
  const windows = Array.from({ length: site.choose(3) }, () => ({
    size: site.between(1, 4), inputSize: site.rarely(12) ? 0 : site.between(1, 4), taps: site.between(1, 3), stride: site.between(1, 2), tapStride: site.between(1, 3), low: site.between(-1, 2), dilation: site.between(1, 3),
  }));
  if (site.rarely(20)) contracted.push(0);
  const layout = (sizes: readonly number[]) => {
    const order = site.shuffle(sizes.map((_, axis) => axis));
    const strides = stridesOf(order.map((axis) => Math.max(1, sizes[axis])));
    return { strides: sizes.map((_, axis) => strides[order.indexOf(axis)]), size: sizes.reduce((a, b) => a * Math.max(1, b), 1) };
  };
  const lhs = layout([...batch, ...rows, ...windows.map(({ inputSize }) => inputSize), ...contracted]);
  const rhs = layout([...batch, ...windows.map(({ taps }) => taps), ...contracted, ...columns]);
  const reversed = windows.map(() => site.rarely(2));
  const tapStrides = windows.map((_, i) => rhs.strides[batch.length + i]);
  const rhsOffset = windows.reduce((offset, { taps }, i) => offset + (reversed[i] ? (taps - 1) * tapStrides[i] : 0), 0);
  const sizes = [...batch, ...rows, ...windows.map(({ size: positions }) => positions), ...columns];
  const epilogue = randomNodes(site, sizes, [{ kind: 'accumulator', dtype, place: 0 }]);
  return {
    kind: 'contraction',
    lhs: { buffer: site.input(dtype, lhs.size), offset: 0 },
    rhs: { buffer: site.input(dtype, rhs.size), offset: rhsOffset },
    batch: batch.map((count, i) => ({ size: count, lhs: lhs.strides[i], rhs: rhs.strides[i] })),
    rows: rows.map((count, i) => ({ size: count, lhs: lhs.strides[batch.length + i] })),
    windows: windows.map((window, i) => ({ ...window, lhs: lhs.strides[batch.length + rows.length + i], rhs: reversed[i] ? -tapStrides[i] : tapStrides[i] })),
    contracted: contracted.map((count, i) => ({ size: count, lhs: lhs.strides[batch.length + rows.length + windows.length + i], rhs: rhs.strides[batch.length + windows.length + i] })),
    columns: columns.map((count, i) => ({ size: count, rhs: rhs.strides[batch.length + windows.length + contracted.length + i] })),
    epilogue,
    stores: randomStores(site, sizes, epilogue),
  };
}

const MAKERS = { loops: randomLoops, contraction: randomContraction } as const satisfies Partial<Record<Kernel['kind'], (site: Ground) => Kernel>>;

/** Schedules of one kernel of this kind, valid by construction: every access lies inside of its buffer. Inputs are called x0, x1, …, outputs y0, y1, …. */
export function randomKernelSchedule(kind: keyof typeof MAKERS): fc.Arbitrary<Schedule> {
  return fc.array(fc.nat(2 ** 31 - 1), { minLength: 4, maxLength: 240, size: 'max' }).map((stream) => {
    const buffers: Buffer[] = [];
    const inputs: { readonly name: string; readonly buffer: number }[] = [];
    const outputs: typeof inputs = [];
    const add = (list: typeof inputs, letter: string, dtype: DType, count: number) => {
      const name = `${letter}${list.length}`;
      buffers.push({ name, dtype, shape: [count] });
      list.push({ name, buffer: buffers.length - 1 });
      return buffers.length - 1;
    };
    const kernel = MAKERS[kind]({ ...createChoices(stream), input: (dtype, count) => add(inputs, 'x', dtype, count), output: (dtype, count) => add(outputs, 'y', dtype, count) });
    return { name: 'random', buffers, kernels: [{ kernel, name: kind, origin: [] }], inputs, outputs, constants: [] };
  });
}

/** A schedule of a scatter or select_and_scatter on tensors of these shapes. */
export function scatterSchedule(kernel: (result: number, second: number, third: number) => Kernel, shapes: readonly Buffer[]): Schedule {
  const [result, ...others] = shapes;
  return {
    name: 'scatter',
    buffers: [result, ...others],
    kernels: [{ kernel: kernel(0, 1, 2), name: 'scatter', origin: [] }],
    inputs: [result, ...others].map(({ name }, buffer) => ({ name, buffer })),
    outputs: [{ name: 'result', buffer: 0 }],
    constants: [],
  };
}

/** How many windows a select_and_scatter has. */
export function windowsOf(shape: readonly number[], window: OpAttributes['select_and_scatter']): readonly number[] {
  const type = inferType('reduce_window', [tensorType(shape)], { kind: 'maximum', ...window });
  return type.kind === 'tensor' ? type.shape.dims.map(Number) : [];
}

export const USED_OPS: ReadonlySet<ScalarOp> = new Set([...FLOATS, ...INTEGERS, ...TRUTHS, 'select', 'compare', 'is_finite', 'convert']);
export const MISSING_OPS: readonly ScalarOp[] = SCALAR_OPS.filter((op) => !USED_OPS.has(op));
