import { invariant } from '../../support/invariant.ts';
import type { Access, Guard, Node, ScalarOp, Store } from '../../schedule/types.ts';
import type { KernelContext } from './kernelContext.ts';
import { EXACT, SCALAR_TEXT } from './scalarOps.ts';
import type { Term } from './text.ts';
import { affine, literal } from './text.ts';

/** The loops around a point, outermost first. A dimension of size 1 has no loop, and its index is 0. */
export interface Space {
  readonly sizes: readonly number[];
  /** The variable of each dimension. */
  readonly indices: readonly string[];
}

type Linear = Pick<Access, 'offset' | 'strides'>;

/**
 * Writes nodes at the loop where the last of what they depend on is known: level 0 is outside of all loops, level d inside of the
 * loops of dimensions below d. Partial sums of places are shared and hoisted likewise.
 */
export interface PointWriter {
  /** Writes what level `level` knows that outer ones do not. Called once for each level, from the outside in. */
  readonly enter: (level: number) => void;
  /** The text of a node's value; a name or a literal. */
  readonly value: (node: number) => string;
  readonly store: (store: Store) => void;
}

interface Parts {
  /** What `accumulator` nodes stand for. */
  readonly accumulators?: readonly string[];
  readonly stores?: readonly Store[];
}

const KEY = (value: unknown) => JSON.stringify(value, (_key, part: unknown) => (typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0)) ? literal(part) : part));

/** The deepest loop that a linear form depends on. */
function linearLevel(coefficients: readonly number[], { sizes }: Space): number {
  return coefficients.reduce((level, coefficient, axis) => (coefficient !== 0 && sizes[axis] > 1 ? axis + 1 : level), 0);
}

function terms(coefficients: readonly number[], space: Space, from = 0): readonly Term[] {
  return coefficients.flatMap((coefficient, axis): readonly Term[] => (axis < from || space.sizes[axis] <= 1 ? [] : [[coefficient, space.indices[axis]]]));
}

/** A guard that no point fails is a part of the place. */
function alwaysInside(guard: Guard, { sizes }: Space): boolean {
  const extent = (pick: (a: number, b: number) => number) => guard.coefficients.reduce((sum, coefficient, axis) => sum + pick(0, coefficient * Math.max(0, sizes[axis] - 1)), guard.offset);
  return guard.dilation === 1 && extent(Math.min) >= 0 && extent(Math.max) < guard.size;
}

function withoutIdleGuards(access: Access, space: Space): Access {
  const idle = access.guards.filter((guard) => alwaysInside(guard, space));
  if (idle.length === 0) return access;
  return {
    ...access,
    guards: access.guards.filter((guard) => !idle.includes(guard)),
    offset: idle.reduce((sum, guard) => sum + guard.offset * guard.stride, access.offset),
    strides: access.strides.map((stride, axis) => idle.reduce((sum, guard) => sum + guard.coefficients[axis] * guard.stride, stride)),
  };
}

/** @param least no node is written outside of this level: an epilogue's are written where its accumulators are known */
export function createPointWriter(nodes: readonly Node[], space: Space, context: KernelContext, parts: Parts = {}, least = 0): PointWriter {
  const { text, base, view, fresh, helper } = context;
  const depth = space.sizes.length;
  const accesses = nodes.map((node) => (node.kind === 'load' ? withoutIdleGuards(node.access, space) : null));
  const levels: number[] = [];
  nodes.forEach((node, place) => levels.push(Math.max(least, ownLevel(node, accesses[place]))));
  const guardLevel = ({ coefficients }: Guard) => Math.max(least, linearLevel(coefficients, space));

  function ownLevel(node: Node, access: Access | null): number {
    switch (node.kind) {
      case 'constant':
        return 0;
      case 'accumulator':
        return least;
      case 'index':
        return linearLevel(node.coefficients, space);
      case 'apply':
        return Math.max(0, ...node.args.map((arg) => levels[arg]));
      case 'load':
        return Math.max(linearLevel(access!.strides, space), ...access!.guards.map((guard) => linearLevel(guard.coefficients, space)), ...access!.indirections.map((indirection) => levels[indirection.node]));
    }
  }

  /** Partial sums of places, by what they sum up: the key holds the strides of the loops that are open. */
  const partial = new Map<string, string>();
  const guards = new Map<string, { readonly inside: string; readonly coordinate: string }>();
  const values: string[] = [];

  /** `b0 + i0*12 + i1`, by way of a sum that an outer loop has computed. */
  function place(start: string, { offset, strides }: Linear): string {
    for (let level = depth; level > 0; level--) {
      const known = partial.get(KEY([start, offset, strides.slice(0, level)]));
      if (known !== undefined) return affine(known, 0, terms(strides, space, level));
    }
    return affine(start, offset, terms(strides, space));
  }

  /** Sums that loops further in go on from. */
  function hoist(level: number, start: string, linear: Linear): void {
    const { strides } = linear;
    if (level === 0 || level === depth || strides[level - 1] === 0 || space.sizes[level - 1] <= 1 || linearLevel(strides, space) <= level) return;
    const key = KEY([start, linear.offset, strides.slice(0, level)]);
    if (partial.has(key)) return;
    const name = fresh('p');
    text.line(`const ${name} = ${place(start, { offset: linear.offset, strides: strides.map((stride, axis) => (axis < level ? stride : 0)) })};`);
    partial.set(key, name);
  }

  function writeGuard(guard: Guard): void {
    const key = KEY([guard.offset, guard.coefficients, guard.dilation, guard.size]);
    if (guards.has(key)) return;
    const position = fresh('q');
    text.line(`const ${position} = ${affine(null, guard.offset, terms(guard.coefficients, space))};`);
    if (guard.dilation === 1) {
      guards.set(key, { inside: `${position} >= 0 && ${position} < ${guard.size}`, coordinate: position });
      return;
    }
    const reach = guard.dilation * guard.size;
    guards.set(key, { inside: `${position} >= 0 && ${position} < ${reach} && ${position} % ${guard.dilation} === 0`, coordinate: `(${position} / ${guard.dilation} | 0)` });
  }

  function load(access: Access): string {
    const found = access.guards.map((guard) => ({ ...guards.get(KEY([guard.offset, guard.coefficients, guard.dilation, guard.size]))!, stride: guard.stride }));
    const start = place(base(access.buffer), access);
    const moves = access.indirections.map(({ node, stride, limit }): Term => [stride, `${helper('clamp')}(${values[node]}, ${limit})`]);
    const read = `${view(access.buffer)}[${affine(start, 0, [...found.map(({ stride, coordinate }): Term => [stride, coordinate]), ...moves])}]`;
    if (found.length === 0) return read;
    const fill = view(access.buffer) === 'f' ? Math.fround(access.fill) : access.fill;
    return `${found.map(({ inside }) => inside).join(' && ')} ? ${read} : ${literal(fill)}`;
  }

  function apply<K extends ScalarOp>(node: Extract<Node, { readonly op: K }>): string {
    // op and attributes come from one node
    const write = SCALAR_TEXT[node.op] as (typeof SCALAR_TEXT)['convert'];
    const types = node.args.map((arg) => nodes[arg].dtype);
    const expression = write({ args: node.args.map((arg) => values[arg]), types, attributes: node.attributes as { readonly dtype: 'f32' }, helper });
    const exact = EXACT[node.op] && !(node.op === 'convert' && types[0] === 'i32');
    return node.dtype === 'f32' && !exact ? `${helper('fround')}(${expression})` : expression;
  }

  function write(node: Node, placeOfNode: number): void {
    const define = (expression: string) => {
      const name = fresh('n');
      text.line(`const ${name} = ${expression};`);
      values[placeOfNode] = name;
    };
    switch (node.kind) {
      case 'constant':
        values[placeOfNode] = literal(node.dtype === 'f32' ? Math.fround(node.value) : node.value);
        return;
      case 'accumulator':
        invariant(parts.accumulators !== undefined, 'an accumulator outside of an epilogue');
        values[placeOfNode] = parts.accumulators[node.place];
        return;
      case 'index': {
        const count = affine(null, node.offset, terms(node.coefficients, space));
        define(node.dtype === 'f32' ? `${helper('fround')}(${count})` : count);
        return;
      }
      case 'load':
        define(load(accesses[placeOfNode]!));
        return;
      case 'apply':
        define(apply(node));
    }
  }

  return {
    enter(level) {
      for (const access of accesses) if (access !== null) hoist(level, base(access.buffer), access);
      for (const store of parts.stores ?? []) hoist(level, base(store.buffer), store);
      for (const access of accesses) for (const guard of access?.guards ?? []) if (guardLevel(guard) === level) writeGuard(guard);
      nodes.forEach((node, i) => {
        if (levels[i] === level) write(node, i);
      });
    },
    value: (node) => values[node],
    store(store) {
      text.line(`${view(store.buffer)}[${place(base(store.buffer), store)}] = ${values[store.node]};`);
    },
  };
}

/** Opens a loop for each dimension from `from` to `to`, and calls `inside` in the innermost; `enter` at the start of each. */
export function writeLoops(space: Space, from: number, to: number, context: KernelContext, enter: (level: number) => void, inside: () => void): void {
  const write = (axis: number): void => {
    if (axis === to) {
      inside();
      return;
    }
    const next = () => {
      enter(axis + 1);
      write(axis + 1);
    };
    const index = space.indices[axis];
    if (space.sizes[axis] === 1) next();
    else context.text.block(`for (let ${index} = 0; ${index} < ${space.sizes[axis]}; ${index}++)`, next);
  };
  write(from);
}
