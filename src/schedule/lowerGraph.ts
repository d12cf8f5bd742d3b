import { sizeOf, stridesOf } from '../ir/values.ts';
import { invariant } from '../support/invariant.ts';
import type { Equation, EquationOf, Graph, ValueId } from '../ir/graph.ts';
import { resolveAxes } from '../ir/infer/reductions.ts';
import { chooseBuffers } from './chooseBuffers.ts';
import { commonRefinement, identityCoordinates, refinedCoordinates, unitAffine, type Affine } from './affine.ts';
import { contractionAsLoops } from './contractionAsLoops.ts';
import { convolution, dotGeneral } from './contractions.ts';
import { createNodeList } from './nodeList.ts';
import type { Access, Buffer, BufferId, ContractionKernel, Guard, Kernel, LoopsKernel, Schedule, ScheduledKernel } from './types.ts';
import { accessOf, createValues, NeedsBuffer, nodeOf, splatOf, type Values } from './values.ts';

/**
 * Static graph → kernels, one for each value that has a buffer; everything else is computed inside of the kernels that read it.
 * The graph holds StableHLO's ops alone (`optimizeStatic`).
 */
export function lowerGraph(graph: Graph, options: { readonly fuse: boolean }): Schedule {
  const forced = new Set<ValueId>();
  for (;;) {
    try {
      return lowerWith(graph, forced, options.fuse);
    } catch (error) {
      if (!(error instanceof NeedsBuffer)) throw error;
      invariant(!forced.has(error.value), `%${error.value} has a buffer and can not be read`);
      forced.add(error.value);
    }
  }
}

function lowerWith(graph: Graph, forced: ReadonlySet<ValueId>, fuse: boolean): Schedule {
  const buffers: Buffer[] = [];
  const places = new Map<ValueId, BufferId>();
  const values = createValues(graph, (id) => places.get(id) ?? null);
  const chosen = chooseBuffers(graph, values, { forced, fuse });
  const allocate = (id: ValueId, name: string): BufferId => {
    buffers.push({ name, dtype: values.dtypeOf(id), shape: values.shapeOf(id) });
    places.set(id, buffers.length - 1);
    return buffers.length - 1;
  };
  const kernels: ScheduledKernel[] = [];
  const constants: { readonly buffer: BufferId; readonly data: readonly number[] }[] = [];
  const inputs = graph.inputs.map(({ id, name }) => ({ name, buffer: allocate(id, name) }));
  for (const equation of graph.equations) {
    const name = equation.name ?? `t${equation.id}`;
    if (equation.op === 'constant' && splatOf(values, equation.id) === null) {
      // an empty tensor has no element to read
      constants.push({ buffer: allocate(equation.id, name), data: equation.attributes.data });
      continue;
    }
    if (!chosen.has(equation.id)) continue;
    // made before the buffer is known, so that the kernel computes the value and does not read it
    const make = kernelsOf(values, equation);
    const buffer = allocate(equation.id, name);
    for (const kernel of make(buffer)) kernels.push({ kernel, name: equation.op, origin: equation.origin });
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, buffer: outputBuffer(graph, values, value, name) }));
  return { name: graph.name, buffers, kernels, inputs, outputs, constants };
}

function outputBuffer(graph: Graph, values: Values, value: ValueId, name: string): BufferId {
  const buffer = values.bufferOf(value);
  invariant(buffer !== null, `output '${name}' of @${graph.name} has no buffer`);
  return buffer;
}

type Make = (buffer: BufferId) => readonly Kernel[];

function kernelsOf(values: Values, equation: Equation): Make {
  if (values.shapeOf(equation.id).includes(0)) return () => [];
  switch (equation.op) {
    case 'dot_general':
    case 'convolution': {
      const { parts, result } = equation.op === 'dot_general' ? dotGeneral(values, equation) : convolution(values, equation);
      const dtype = values.dtypeOf(equation.id);
      return (buffer) => {
        const kernel: ContractionKernel = { kind: 'contraction', ...parts, epilogue: [{ kind: 'accumulator', dtype, place: 0 }], stores: [{ buffer, offset: 0, strides: result, node: 0 }] };
        // contraction kernels are for floats
        return [dtype === 'i32' ? contractionAsLoops(kernel, dtype) : kernel];
      };
    }
    case 'reduce':
      return reduceKernel(values, equation);
    case 'reduce_window':
      return reduceWindowKernel(values, equation);
    case 'concatenate':
      return concatenateKernels(values, equation);
    case 'scatter': {
      const [operand, indices, updates] = equation.operands;
      const copy = mapKernel(values, operand);
      const [from, with_] = [bufferBehind(values, indices), bufferBehind(values, updates)];
      return (result) => [...copy(result), { kind: 'scatter', result, indices: from, updates: with_, attributes: equation.attributes }];
    }
    case 'select_and_scatter': {
      const [operand, source] = equation.operands.map((id) => bufferBehind(values, id));
      return (result) => [{ kind: 'select_and_scatter', result, operand, source, attributes: equation.attributes }];
    }
    case 'pad':
      return splatOf(values, equation.operands[1]) === null ? padKernels(values, equation) : mapKernel(values, equation.id);
    default:
      return mapKernel(values, equation.id);
  }
}

/** A value's buffer, where the kernel reads the tensor as it lies. */
function bufferBehind(values: Values, id: ValueId): BufferId {
  const buffer = values.bufferOf(id);
  if (buffer === null) throw new NeedsBuffer(id);
  return buffer;
}

/** The shapes of reshapes among what is computed on the spot for a value: dimensions along which its kernel may have to be split. */
function reshapesBehind(values: Values, root: ValueId): readonly (readonly number[])[] {
  const size = sizeOf(values.shapeOf(root));
  const shapes: (readonly number[])[] = [values.shapeOf(root)];
  const seen = new Set<ValueId>();
  const visit = (id: ValueId): void => {
    const equation = values.definition(id);
    if (equation === undefined || seen.has(id) || values.bufferOf(id) !== null) return;
    seen.add(id);
    if (equation.op === 'reshape' && values.bufferOf(equation.operands[0]) === null && sizeOf(values.shapeOf(id)) === size) {
      shapes.push(values.shapeOf(equation.operands[0]), values.shapeOf(id));
    }
    equation.operands.forEach(visit);
  };
  visit(root);
  return shapes;
}

/** The dimensions over which a kernel computes a value, and the value's coordinates over them. */
function spaceOf(values: Values, id: ValueId): { readonly space: readonly number[]; readonly coordinates: readonly Affine[] } {
  const shape = values.shapeOf(id);
  const space = commonRefinement(reshapesBehind(values, id)) ?? shape;
  if (space === shape) return { space, coordinates: identityCoordinates(shape) };
  return { space, coordinates: refinedCoordinates(shape, space, space.length, space.map((_, i) => i)) };
}

/** A kernel that computes a value element by element. */
function mapKernel(values: Values, id: ValueId): Make {
  const { space, coordinates } = spaceOf(values, id);
  const list = createNodeList();
  const node = nodeOf(values, list, id, coordinates, space);
  return (buffer) => [loops({ space, nodes: list.nodes, stores: [{ buffer, offset: 0, strides: stridesOf(space), node }] })];
}

function loops(kernel: Pick<LoopsKernel, 'space' | 'nodes' | 'stores'> & Partial<LoopsKernel>): LoopsKernel {
  return { kind: 'loops', reduced: [], reductions: [], epilogue: [], ...kernel };
}

function reduceKernel(values: Values, equation: EquationOf<'reduce'>): Make {
  const [operand] = equation.operands;
  const shape = values.shapeOf(operand);
  const axes = resolveAxes(equation.attributes.axes, shape.length);
  const fine = spaceOf(values, operand).space;
  // each dimension of the refinement belongs to one of the operand's
  const owners: number[] = [];
  let end = fine.length;
  for (let axis = shape.length - 1; axis >= 0; axis--) for (let product = 1; product < shape[axis]; product *= fine[end]) owners[--end] = axis;
  const refined = fine === shape ? shape.map((_, axis) => axis) : owners;
  const kept = fine.flatMap((_, d) => (axes.includes(refined[d]) ? [] : [d]));
  const reduced = fine.flatMap((_, d) => (axes.includes(refined[d]) ? [d] : []));
  const order = [...kept, ...reduced];
  const places = fine.map((_, d) => order.indexOf(d));
  // a reduction over nothing but sizes of 1 still runs once
  const once = reduced.length === 0 ? [1] : [];
  const rank = order.length + once.length;
  const coordinates = fine === shape ? shape.map((_, axis) => unitAffine(rank, places[axis])) : refinedCoordinates(shape, fine, rank, places);
  const full = [...order.map((d) => fine[d]), ...once];
  const list = createNodeList();
  const node = nodeOf(values, list, operand, coordinates, full);
  const space = kept.map((d) => fine[d]);
  return (buffer) => [
    loops({
      space,
      reduced: [...reduced.map((d) => fine[d]), ...once],
      nodes: list.nodes,
      reductions: [{ combine: equation.attributes.kind, node }],
      epilogue: [{ kind: 'accumulator', dtype: values.dtypeOf(operand), place: 0 }],
      stores: [{ buffer, offset: 0, strides: stridesOf(space), node: 0 }],
    }),
  ];
}

/** Every element of a window, guarded where the window reaches into the padding. */
function reduceWindowKernel(values: Values, equation: EquationOf<'reduce_window'>): Make {
  const [operand] = equation.operands;
  const { kind, window_dimensions, window_strides, padding } = equation.attributes;
  const shape = values.shapeOf(equation.id);
  const rank = shape.length;
  const dimensions = rank === 0 ? 1 : 2 * rank;
  const from = values.shapeOf(operand);
  const access = accessOf(values, operand, identityCoordinates(from), from);
  if (access === null || access.guards.length > 0) throw new NeedsBuffer(operand);
  const dtype = values.dtypeOf(operand);
  const guards: Guard[] = [];
  const strides = new Array<number>(dimensions).fill(0);
  let offset = access.offset;
  from.forEach((size, axis) => {
    const coefficients = new Array<number>(dimensions).fill(0);
    coefficients[axis] = window_strides[axis];
    coefficients[rank + axis] = 1;
    const [low, high] = padding[axis];
    if (low <= 0 && high <= 0) {
      strides[axis] += coefficients[axis] * access.strides[axis];
      strides[rank + axis] += access.strides[axis];
      offset -= low * access.strides[axis];
    } else guards.push({ offset: -low, coefficients, dilation: 1, size, stride: access.strides[axis] });
  });
  const fill = kind === 'add' ? 0 : dtype === 'i32' ? -(2 ** 31) : -Infinity;
  const load: Access = { buffer: access.buffer, offset, strides, guards, indirections: [], fill };
  return (buffer) => [
    loops({
      space: shape,
      // the window of a scalar is the scalar
      reduced: rank === 0 ? [1] : window_dimensions,
      nodes: [{ kind: 'load', dtype, access: load }],
      reductions: [{ combine: kind, node: 0 }],
      epilogue: [{ kind: 'accumulator', dtype, place: 0 }],
      stores: [{ buffer, offset: 0, strides: stridesOf(shape), node: 0 }],
    }),
  ];
}

/** Each operand is written where it stands in the result. */
function concatenateKernels(values: Values, equation: EquationOf<'concatenate'>): Make {
  const strides = stridesOf(values.shapeOf(equation.id));
  let start = 0;
  const parts = equation.operands.map((operand) => {
    const shape = values.shapeOf(operand);
    const list = createNodeList();
    const node = shape.includes(0) ? -1 : nodeOf(values, list, operand, identityCoordinates(shape), shape);
    const offset = start * strides[equation.attributes.dimension];
    start += shape[equation.attributes.dimension];
    return { shape, list, node, offset };
  });
  return (buffer) => parts.filter(({ node }) => node >= 0).map(({ shape, list, node, offset }) => loops({ space: shape, nodes: list.nodes, stores: [{ buffer, offset, strides, node }] }));
}

/** Padding with a value that is computed: it fills everything, then the operand is written into it. */
function padKernels(values: Values, equation: EquationOf<'pad'>): Make {
  const [operand, padding] = equation.operands;
  const { low, interior } = equation.attributes;
  const shape = values.shapeOf(equation.id);
  const from = values.shapeOf(operand);
  const strides = stridesOf(shape);
  const [fillList, list] = [createNodeList(), createNodeList()];
  const filled = nodeOf(values, fillList, padding, [], shape);
  // what is not cropped away, along each dimension
  const step = interior.map((holes) => holes + 1);
  const first = low.map((size, axis) => Math.ceil(Math.max(0, -size) / step[axis]));
  const kept = from.map((size, axis) => Math.max(0, Math.min(size, Math.ceil((shape[axis] - low[axis]) / step[axis])) - first[axis]));
  const coordinates = identityCoordinates(kept).map((coordinate, axis) => ({ ...coordinate, offset: first[axis] }));
  const node = kept.includes(0) ? -1 : nodeOf(values, list, operand, coordinates, kept);
  const offset = low.reduce((sum, size, axis) => sum + (size + first[axis] * step[axis]) * strides[axis], 0);
  const inside = strides.map((stride, axis) => stride * step[axis]);
  return (buffer) => [
    loops({ space: shape, nodes: fillList.nodes, stores: [{ buffer, offset: 0, strides, node: filled }] }),
    ...(node < 0 ? [] : [loops({ space: kept, nodes: list.nodes, stores: [{ buffer, offset, strides: inside, node }] })]),
  ];
}
