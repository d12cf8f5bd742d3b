import * as fc from 'fast-check';
import type { DType } from '../../../ir/types.ts';
import { createChoices, type Choices } from '../../../ir/testing/choices.ts';
import { sizeOf, stridesOf } from '../../../ir/values.ts';
import type { Access, Buffer, LoopsKernel, Node, ScalarOp, Schedule } from '../../../schedule/types.ts';

/** Sizes around the multiples of a vector and of a round of vectors. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 17, 32, 33, 67, 130];
const MOST_POINTS = 1500;

const BINARY: readonly ScalarOp[] = ['add', 'subtract', 'multiply', 'maximum', 'minimum'];
const UNARY: readonly ScalarOp[] = ['negate', 'abs', 'sign', 'sqrt'];

function sizesOf(site: Choices, count: number, most: number): number[] {
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) {
    const room = Math.floor(most / sizeOf(sizes));
    sizes.push(site.element(SIZES.filter((size) => size <= Math.max(1, room))));
  }
  return sizes;
}

/** A tensor that is read whole or broadcast along some dimensions, in any order of them, padded or with gaps along others. */
function randomAccess(site: Choices, sizes: readonly number[], buffers: Buffer[], dtype: DType, places: readonly number[]): Access {
  const order = site.rarely(3) ? site.shuffle(sizes.map((_, d) => d)) : sizes.map((_, d) => d);
  const shape = sizes.map((size) => (site.rarely(4) ? 1 : size));
  const padded = sizes.map((size, d) => (shape[d] === size && size > 2 && site.rarely(4) ? { low: site.between(-1, 3), dilation: site.rarely(3) ? 2 : 1, size: site.between(1, size) } : undefined));
  const stored = shape.map((size, d) => padded[d]?.size ?? size);
  const ordered = stridesOf(order.map((d) => stored[d]));
  const strideOf = (d: number): number => (shape[d] === 1 ? 0 : ordered[order.indexOf(d)]);
  const guards = padded.flatMap((pad, d) => (pad === undefined ? [] : [{ offset: -pad.low, coefficients: sizes.map((_, e) => (e === d ? 1 : 0)), dilation: pad.dilation, size: pad.size, stride: strideOf(d) }]));
  const size = sizeOf(stored);
  const indirections = places.length > 0 && site.rarely(4) ? [{ node: site.element(places), stride: size, limit: site.choose(4) }] : [];
  const reversed = sizes.map((_, d) => padded[d] === undefined && shape[d] > 1 && site.rarely(10));
  const offset = sizes.reduce((sum, length, d) => sum + (reversed[d] ? strideOf(d) * (length - 1) : 0), 0);
  buffers.push({ name: `x${buffers.length}`, dtype, shape: [size * (1 + (indirections[0]?.limit ?? 0))] });
  return { buffer: buffers.length - 1, offset, strides: sizes.map((_, d) => (padded[d] !== undefined ? 0 : reversed[d] ? -strideOf(d) : strideOf(d))), guards, indirections, fill: dtype === 'f32' ? site.element([0, -Infinity, 2.5]) : 0 };
}

/** Some nodes whose f32 results are the same to the bit wherever they are computed. */
function randomNodes(site: Choices, sizes: readonly number[], buffers: Buffer[], given: readonly Node[]): Node[] {
  const nodes: Node[] = [...given];
  const apply = (op: ScalarOp, dtype: DType, args: readonly number[], attributes: object = {}): number => nodes.push({ kind: 'apply', op, dtype, args, attributes } as unknown as Node) - 1;
  const load = (dtype: DType): number => {
    const places = nodes.flatMap((node, i) => (node.dtype === 'i32' ? [i] : []));
    return nodes.push({ kind: 'load', dtype, access: randomAccess(site, sizes, buffers, dtype, places) }) - 1;
  };
  const some = (dtype: DType): number => {
    const known = nodes.flatMap((node, i) => (node.dtype === dtype ? [i] : []));
    return known.length > 0 && !site.rarely(3) ? site.element(known) : load(dtype);
  };
  if (given.length === 0 && site.rarely(3)) load('i32');
  for (let count = site.between(1, 5); count > 0; count--) {
    site.element<() => void>([
      () => apply(site.element(BINARY), 'f32', [some('f32'), some('f32')]),
      () => apply(site.element(BINARY), 'f32', [some('f32'), some('f32')]),
      () => apply(site.element(UNARY), 'f32', [some('f32')]),
      () => apply('select', 'f32', [apply('compare', 'i1', [some('i32'), some('i32')], { direction: site.element(['EQ', 'LT', 'GE']) }), some('f32'), some('f32')]),
      () => apply('select', 'f32', [some('i1'), some('f32'), some('f32')]),
      () => apply('convert', 'f32', [some(site.element(['i32', 'i1']))], { dtype: 'f32' }),
      () => nodes.push({ kind: 'index', dtype: site.element(['i32', 'f32']), offset: site.between(-2, 2), coefficients: sizes.map(() => site.between(-1, 2)) }),
      () => nodes.push({ kind: 'constant', dtype: 'f32', value: site.element([0, -0, 0.5, -3]) }),
    ])();
  }
  if (nodes[nodes.length - 1].dtype !== 'f32') apply('add', 'f32', [some('f32'), some('f32')]);
  return nodes;
}

/** One kernel over up to 1500 points of realistic accesses: views, broadcasts, padding, gaps, gathers. */
function randomKernel(site: Choices, buffers: Buffer[]): LoopsKernel {
  const space = sizesOf(site, site.choose(4), site.element([12, 100, MOST_POINTS]));
  const reduced = site.rarely(2) ? sizesOf(site, site.between(1, 2), MOST_POINTS / sizeOf(space)) : [];
  const nodes = randomNodes(site, [...space, ...reduced], buffers, []);
  const floats = nodes.flatMap(({ dtype }, i) => (dtype === 'f32' ? [i] : []));
  const reductions = reduced.length === 0 ? [] : Array.from({ length: site.between(1, 2) }, () => ({ combine: site.element(['add', 'add', 'maximum', 'minimum'] as const), node: site.element(floats) }));
  const epilogue = reduced.length === 0 ? [] : randomNodes(site, space, buffers, reductions.map((_, place): Node => ({ kind: 'accumulator', dtype: 'f32', place })));
  const stored = reduced.length === 0 ? nodes : epilogue;
  const stores = Array.from({ length: site.between(1, 2) }, (_, i) => {
    const order = site.rarely(4) ? site.shuffle(space.map((__, d) => d)) : space.map((__, d) => d);
    const ordered = stridesOf(order.map((d) => space[d]));
    buffers.push({ name: `y${i}`, dtype: 'f32', shape: [sizeOf(space)] });
    const places = stored.flatMap((node, place) => (node.dtype === 'f32' ? [place] : []));
    return { buffer: buffers.length - 1, offset: 0, strides: space.map((__, d) => ordered[order.indexOf(d)]), node: i === 0 ? stored.length - 1 : site.element(places) };
  });
  return { kind: 'loops', space, reduced, nodes, reductions, epilogue, stores };
}

export function randomLoopsSchedule(): fc.Arbitrary<Schedule> {
  return fc.array(fc.nat(2 ** 31 - 1), { minLength: 20, maxLength: 300, size: 'max' }).map((stream) => {
    const buffers: Buffer[] = [];
    const kernel = randomKernel(createChoices(stream), buffers);
    const written = new Set(kernel.stores.map(({ buffer }) => buffer));
    const named = buffers.map(({ name }, buffer) => ({ name, buffer }));
    return {
      name: 'random', buffers, kernels: [{ kernel, name: 'loops', origin: [] }], constants: [],
      inputs: named.filter(({ buffer }) => !written.has(buffer)), outputs: named.filter(({ buffer }) => written.has(buffer)),
    };
  });
}
