import { invariant } from '../support/invariant.ts';
import type { Equation, EquationOf, Graph, ValueId } from '../ir/graph.ts';
import { broadcastStrides, stridesOf } from '../ir/values.ts';
import type { DType } from '../ir/types.ts';
import { addAffine, constantAffine, delinearize, dotAffine, scaleAffine, type Affine } from './affine.ts';
import type { NodeList } from './nodeList.ts';
import { SCALAR_OPS, type Access, type BufferId, type Guard, type ScalarOp } from './types.ts';

/** Thrown where a value can not be computed inside of its reader's kernel: it needs a buffer, and the schedule is made again. */
export class NeedsBuffer extends Error {
  readonly value: ValueId;
  constructor(value: ValueId) {
    super(`%${value} needs a buffer`);
    this.value = value;
  }
}

/** What is known of a graph's values while kernels are made. */
export interface Values {
  readonly definition: (id: ValueId) => Equation | undefined;
  readonly shapeOf: (id: ValueId) => readonly number[];
  readonly dtypeOf: (id: ValueId) => DType;
  /** The buffer that holds a value; null for those computed where they are read. */
  readonly bufferOf: (id: ValueId) => BufferId | null;
}

const SCALAR: ReadonlySet<string> = new Set(SCALAR_OPS);

export function isScalarOp(equation: Equation): equation is Extract<Equation, { readonly op: ScalarOp }> {
  return SCALAR.has(equation.op);
}

/** Ops that move elements about: an access of their result is one of their operand. */
export function isView({ op }: Equation): boolean {
  return op in VIEWS || op === 'pad';
}

/** What a coordinate of a value is where padding or holes between its elements lie around it. */
interface Coordinate extends Affine {
  readonly guard: { readonly dilation: number; readonly size: number } | null;
}

function unguarded(coordinate: Affine): Coordinate {
  return { ...coordinate, guard: null };
}

/** The number that a constant tensor is filled with, through views that keep it. */
export function splatOf(values: Values, id: ValueId): number | null {
  const equation = values.definition(id);
  if (equation === undefined) return null;
  if (equation.op === 'broadcast_in_dim' || equation.op === 'reshape' || equation.op === 'transpose' || equation.op === 'reverse' || equation.op === 'slice') return splatOf(values, equation.operands[0]);
  if (equation.op !== 'constant') return null;
  const { data } = equation.attributes;
  return data.length > 0 && data.every((value) => Object.is(value, data[0])) ? data[0] : null;
}

/**
 * Where the element of a value at `coordinates` lies in the buffer behind it, through views; null where the value is no view of a buffer
 * or a view is no affine map over this space.
 */
export function accessOf(values: Values, id: ValueId, coordinates: readonly Affine[], space: readonly number[]): Access | null {
  return follow(values, id, coordinates.map(unguarded), space, null);
}

function follow(values: Values, id: ValueId, coordinates: readonly Coordinate[], space: readonly number[], fill: number | null): Access | null {
  const buffer = values.bufferOf(id);
  const rank = space.length;
  if (buffer !== null) return bufferAccess(buffer, coordinates, values.shapeOf(id), rank, fill);
  const equation = values.definition(id);
  if (equation === undefined) return null;
  const guarded = coordinates.some(({ guard }) => guard !== null);
  const next = (operand: ValueId, inner: readonly Coordinate[], filled = fill) => follow(values, operand, inner, space, filled);
  switch (equation.op) {
    case 'reshape': {
      const behind = values.bufferOf(equation.operands[0]);
      // the places of a dense tensor are the same in any shape
      if (behind !== null && !guarded) {
        const place = dotAffine(rank, coordinates, stridesOf(values.shapeOf(id)));
        return { buffer: behind, offset: place.offset, strides: place.coefficients, guards: [], indirections: [], fill: fill ?? 0 };
      }
      const inner = throughView(values, equation, coordinates, space);
      return inner === null ? null : next(equation.operands[0], inner);
    }
    case 'transpose':
    case 'broadcast_in_dim':
    case 'reverse':
    case 'slice': {
      const inner = throughView(values, equation, coordinates, space);
      return inner === null ? null : next(equation.operands[0], inner);
    }
    case 'pad': {
      const padding = splatOf(values, equation.operands[1]);
      if (padding === null || guarded || (fill !== null && !Object.is(fill, padding))) return null;
      const shape = values.shapeOf(equation.operands[0]);
      const inner = coordinates.map((coordinate, axis): Coordinate => {
        const [low, high, interior] = [equation.attributes.low[axis], equation.attributes.high[axis], equation.attributes.interior[axis]];
        const position = scaleAffine(coordinate, 1, -low);
        // cropping alone leaves nothing to guard
        return low <= 0 && high <= 0 && interior === 0 ? unguarded(position) : { ...position, guard: { dilation: interior + 1, size: shape[axis] } };
      });
      return next(equation.operands[0], inner, padding);
    }
    default:
      return null;
  }
}

type ViewOp = 'reshape' | 'transpose' | 'broadcast_in_dim' | 'reverse' | 'slice';
type PlainView = { [K in ViewOp]: EquationOf<K> }[ViewOp];

interface ViewSite<K extends ViewOp> {
  readonly values: Values;
  readonly equation: EquationOf<K>;
  /** Of the result. */
  readonly coordinates: readonly Coordinate[];
  readonly space: readonly number[];
  /** The operand's. */
  readonly shape: readonly number[];
  readonly guarded: boolean;
}

/** How each view's coordinates become its operand's; null where they are no affine functions of the index, or guarded ones cannot be passed on. */
export const VIEWS: { readonly [K in ViewOp]: (site: ViewSite<K>) => readonly Coordinate[] | null } = {
  reshape: ({ values, equation, coordinates, space }) => reshapedCoordinates(values, equation, coordinates, space),
  transpose: ({ equation: { attributes }, coordinates }) => attributes.permutation.map((_, axis) => coordinates[attributes.permutation.indexOf(axis)]),
  broadcast_in_dim({ values, equation, coordinates, space, shape }) {
    const { broadcast_dimensions } = equation.attributes;
    // a guard belongs to a dimension: it goes where that is repeated or comes to be
    const isLost = (axis: number) => !broadcast_dimensions.includes(axis) || shape[broadcast_dimensions.indexOf(axis)] !== values.shapeOf(equation.id)[axis];
    if (coordinates.some(({ guard }, axis) => guard !== null && isLost(axis))) return null;
    return broadcast_dimensions.map((dimension, axis) => (shape[axis] === 1 && coordinates[dimension].guard === null ? unguarded(constantAffine(space.length, 0)) : coordinates[dimension]));
  },
  reverse({ equation, coordinates, shape, guarded }) {
    if (guarded) return null;
    return coordinates.map((coordinate, axis) => (equation.attributes.dimensions.includes(axis) ? unguarded(scaleAffine(coordinate, -1, shape[axis] - 1)) : coordinate));
  },
  slice({ equation, coordinates, guarded }) {
    if (guarded) return null;
    return coordinates.map((coordinate, axis) => unguarded(scaleAffine(coordinate, equation.attributes.strides[axis], equation.attributes.start_indices[axis])));
  },
};

/** The coordinates of a view's operand. */
function throughView(values: Values, equation: PlainView, coordinates: readonly Coordinate[], space: readonly number[]): readonly Coordinate[] | null {
  // the row is that of the equation's op
  const view = VIEWS[equation.op] as (site: ViewSite<ViewOp>) => readonly Coordinate[] | null;
  return view({ values, equation, coordinates, space, shape: values.shapeOf(equation.operands[0]), guarded: coordinates.some(({ guard }) => guard !== null) });
}

/** Coordinates of a reshape's operand. Guarded ones can only be passed on one by one: the reshape must add or drop sizes of 1 alone. */
function reshapedCoordinates(values: Values, equation: EquationOf<'reshape'>, coordinates: readonly Coordinate[], space: readonly number[]): readonly Coordinate[] | null {
  const shape = values.shapeOf(equation.operands[0]);
  const to = values.shapeOf(equation.id);
  if (coordinates.every(({ guard }) => guard === null)) {
    const place = dotAffine(space.length, coordinates, stridesOf(to));
    return delinearize(place, shape, space)?.map(unguarded) ?? null;
  }
  const kept = to.flatMap((size, axis) => (size === 1 && coordinates[axis].guard === null ? [] : [axis]));
  const result: Coordinate[] = [];
  for (const size of shape) {
    if (kept.length > 0 && to[kept[0]] === size) result.push(coordinates[kept.shift() as number]);
    else if (size === 1) result.push(unguarded(constantAffine(space.length, 0)));
    else return null;
  }
  return kept.length === 0 ? result : null;
}

function bufferAccess(buffer: BufferId, coordinates: readonly Coordinate[], shape: readonly number[], rank: number, fill: number | null): Access {
  const strides = stridesOf(shape);
  let place = constantAffine(rank, 0);
  const guards: Guard[] = [];
  coordinates.forEach(({ guard, ...coordinate }, axis) => {
    if (guard === null) place = addAffine(place, scaleAffine(coordinate, strides[axis]));
    else guards.push({ offset: coordinate.offset, coefficients: coordinate.coefficients, dilation: guard.dilation, size: guard.size, stride: strides[axis] });
  });
  return { buffer, offset: place.offset, strides: place.coefficients, guards, indirections: [], fill: fill ?? 0 };
}

/** A value at one point of a kernel's index space, as a node: what has no buffer is computed on the spot. */
export function nodeOf(values: Values, list: NodeList, id: ValueId, coordinates: readonly Affine[], space: readonly number[]): number {
  // what is read twice at one place is one node, and is walked once
  return list.once(`${id} ${coordinates.map(({ offset, coefficients }) => `${offset},${coefficients.join()}`).join(' ')}`, () => makeNode(values, list, id, coordinates, space));
}

function makeNode(values: Values, list: NodeList, id: ValueId, coordinates: readonly Affine[], space: readonly number[]): number {
  const dtype = values.dtypeOf(id);
  const equation = values.definition(id);
  const splat = values.bufferOf(id) === null ? splatOf(values, id) : null;
  if (splat !== null) return list.constant(dtype, splat);
  const access = accessOf(values, id, coordinates, space);
  if (access !== null) return list.load(dtype, access);
  invariant(equation, `input %${id} has no buffer`);
  if (isScalarOp(equation)) {
    const shape = values.shapeOf(id);
    const args = equation.operands.map((operand) => nodeOf(values, list, operand, alignedTo(values.shapeOf(operand), shape, coordinates, space.length), space));
    return list.apply(equation.op, dtype, equation.attributes, args);
  }
  switch (equation.op) {
    case 'iota': {
      const coordinate = coordinates[equation.attributes.iota_dimension];
      const index = { kind: 'index', dtype: dtype === 'i1' ? 'i32' : dtype, offset: coordinate.offset, coefficients: coordinate.coefficients } as const;
      return list.add(index);
    }
    case 'gather':
      return gatherNode(values, list, equation, coordinates, space);
    case 'reshape':
    case 'transpose':
    case 'broadcast_in_dim':
    case 'reverse':
    case 'slice': {
      const inner = throughView(values, equation, coordinates.map(unguarded), space);
      if (inner === null) throw new NeedsBuffer(equation.operands[0]);
      return nodeOf(values, list, equation.operands[0], inner, space);
    }
    case 'pad':
      throw new NeedsBuffer(splatOf(values, equation.operands[1]) !== null && values.bufferOf(equation.operands[0]) === null ? equation.operands[0] : id);
    default:
      throw new NeedsBuffer(id);
  }
}

/** Coordinates of an operand that broadcasts as numpy does: last dimensions aligned, sizes of 1 repeated. */
function alignedTo(operand: readonly number[], shape: readonly number[], coordinates: readonly Affine[], rank: number): readonly Affine[] {
  const repeats = broadcastStrides(operand, shape);
  const missing = shape.length - operand.length;
  return operand.map((size, axis) => (size === 1 && repeats[axis + missing] === 0 ? constantAffine(rank, 0) : coordinates[axis + missing]));
}

function gatherNode(values: Values, list: NodeList, equation: EquationOf<'gather'>, coordinates: readonly Affine[], space: readonly number[]): number {
  const [operand, indices] = equation.operands;
  const { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim, slice_sizes } = equation.attributes;
  const buffer = values.bufferOf(operand);
  if (buffer === null) throw new NeedsBuffer(operand);
  const shape = values.shapeOf(operand);
  const strides = stridesOf(shape);
  const batch = coordinates.filter((_, axis) => !offset_dims.includes(axis));
  const implied = index_vector_dim === values.shapeOf(indices).length;
  let place = constantAffine(space.length, 0);
  shape.map((_, axis) => axis).filter((axis) => !collapsed_slice_dims.includes(axis)).forEach((axis, i) => {
    place = addAffine(place, scaleAffine(coordinates[offset_dims[i]], strides[axis]));
  });
  const indirections = start_index_map.map((axis, k) => {
    const entry = implied ? batch : [...batch.slice(0, index_vector_dim), constantAffine(space.length, k), ...batch.slice(index_vector_dim)];
    return { node: nodeOf(values, list, indices, entry, space), stride: strides[axis], limit: shape[axis] - slice_sizes[axis] };
  });
  return list.load(values.dtypeOf(operand), { buffer, offset: place.offset, strides: place.coefficients, guards: [], indirections, fill: 0 });
}

/** Ids of a graph's values by name and back, types and definitions. */
export function createValues(graph: Graph, bufferOf: (id: ValueId) => BufferId | null): Values {
  const definitions = new Map(graph.equations.map((equation) => [equation.id, equation]));
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  const typeOf = (id: ValueId) => {
    const type = types.get(id);
    invariant(type?.kind === 'tensor' && !type.shape.open, `%${id} is not static`);
    return type;
  };
  const shapes = new Map<ValueId, readonly number[]>();
  return {
    definition: (id) => definitions.get(id),
    shapeOf(id) {
      const known = shapes.get(id);
      if (known !== undefined) return known;
      const shape = typeOf(id).shape.dims.map(Number);
      shapes.set(id, shape);
      return shape;
    },
    dtypeOf: (id) => typeOf(id).dtype,
    bufferOf,
  };
}
