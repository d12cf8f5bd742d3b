import * as tf from '@tensorflow/tfjs';
import { createBuilder, type Builder } from '../../ir/builder.ts';
import { evaluateAll } from '../../ir/evaluate.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import type { ArrayValue } from '../../ir/values.ts';
import { tensorType, type DType } from '../../ir/types.ts';
import { joinOrigins } from '../../passes/origins.ts';
import { keepLive, liveValues } from '../../passes/liveness.ts';
import { shapeOf } from '../../passes/shapes.ts';
import type { SpecError } from '../../support/diagnostic.ts';
import { createSource, type Source, type Span } from '../../support/source.ts';
import { createGraphWriter, type GraphWriter } from './graphWriter.ts';
import { KERNELS } from './kernels/kernelTable.ts';
import type { KernelCall, KernelRule } from './kernels/rule.ts';
import { dtypeOf } from './kernels/structural.ts';
import { refusal } from './refusal.ts';
import { TraceBackend, type DataId, type Entry } from './traceBackend.ts';

type KernelName = keyof typeof KERNELS;

const TF_DTYPES: { readonly [D in DType]: 'float32' | 'int32' | 'bool' } = { f32: 'float32', i32: 'int32', i1: 'bool' };

/** What one run of a program under the tracing backend is recorded in. */
export interface Recorder {
  readonly backend: TraceBackend;
  readonly builder: Builder;
  readonly write: GraphWriter;
  /** The value of a tensor of any backend. */
  readonly valueOf: (tensor: tf.TensorInfo) => ValueId;
  /** A tensor that stands for a value; it belongs to the scope that tfjs is in. */
  readonly tensorOf: (value: ValueId) => tf.Tensor;
  /** Data of the tracing backend that stands for a value, for a tensor that is there. */
  readonly hold: (value: ValueId) => DataId;
  readonly input: (name: string, shape: readonly number[], dtype: DType) => ValueId;
  /** Runs a kernel's rule. */
  readonly runKernel: (name: KernelName, inputs: Readonly<Record<string, tf.TensorInfo | undefined>>, attributes: Readonly<Record<string, unknown>>) => tf.TensorInfo | tf.TensorInfo[];
  /** Runs a rule as that of a kernel which may be none of the table's. */
  readonly runRule: (kernelName: string, rule: KernelRule, inputs: Readonly<Record<string, tf.TensorInfo | undefined>>, attributes: Readonly<Record<string, unknown>>) => tf.TensorInfo | tf.TensorInfo[];
  /** Equations made inside come from these spans, behind those outside. */
  readonly at: <T>(origin: readonly Span[], body: () => T) => T;
  /** The layer that the program is in; null outside of layers. */
  readonly layer: () => string | null;
  /** What is computed inside belongs to a layer. */
  readonly inLayer: <T>(name: string, body: () => T) => T;
  /** Runs `body`; its equations come from where the program is. */
  readonly placed: <T>(body: () => T) => T;
  /** GL5005 for the layer that the program is in. */
  readonly refuse: (reason: string, hint?: string) => never;
  /** Raises what was found on the way and could not be raised there, or was caught. */
  readonly raise: () => void;
  /** The numbers of a value that depends on no input; null where it does. */
  readonly numbersOf: (value: ValueId) => ArrayValue | null;
  /** The numbers of a tensor that outlives the trace; null where they depend on an input, or are not the trace's. */
  readonly survivor: (entry: Entry) => tf.backend_util.BackendValues | null;
  readonly finish: (outputs: Readonly<Record<string, ValueId>>) => Graph;
}

/** What becomes of numbers that a trace does not know. */
export type Unknown =
  /** Reading them is refused; tensors made elsewhere are constants, whose numbers are fetched. */
  | 'refused'
  /** They read as zeros; tensors made elsewhere are inputs. For what depends on shapes alone. */
  | 'zeros';

export function createRecorder(unknown: Unknown = 'refused'): Recorder {
  const engine = tf.engine();
  const builder = createBuilder('captured');
  const write = createGraphWriter(builder);
  const inputs = new Map<string, ValueId>();
  const constants = new Map<DataId, ValueId>();
  const sources = new Map<string, Source>();
  const layers: string[] = [];
  let spans: readonly Span[] = [];
  let first: SpecError | null = null;

  const refuse = (reason: string, hint?: string): never => {
    const error = refusal(layers.at(-1) ?? null, reason, spans, hint);
    first ??= error;
    throw error;
  };

  const backend = new TraceBackend((entry, how) => {
    const known = entry === undefined ? null : numbersOfEntry(entry);
    if (known === null && entry !== undefined && unknown === 'zeros') return zerosOf(entry);
    return known ?? refuse(`it reads the values of a tensor (${how}), which are not known before the step runs`);
  });

  const foreignNumbers = (dataId: DataId): tf.backend_util.BackendValues => {
    const info = engine.state.tensorInfo.get(dataId) as { readonly backend: tf.KernelBackend } | undefined;
    if (info === undefined) return refuse('it uses a tensor that is disposed, or that an earlier call left behind', 'make the tensor before training, or at each call');
    try {
      return info.backend.readSync(dataId);
    } catch (error) {
      return refuse(`it uses a tensor made before, whose values this backend cannot read at once: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const numbersOfEntry = ({ content, dtype }: Entry): tf.backend_util.BackendValues | null => {
    if (content.kind === 'written') return content.values;
    if (content.kind === 'foreign') return unknown === 'zeros' ? null : foreignNumbers(content.dataId);
    const known = numbersOf(content.id);
    if (known === null) return null;
    return dtype === 'float32' ? Float32Array.from(known.data) : dtype === 'int32' ? Int32Array.from(known.data) : Uint8Array.from(known.data);
  };

  const numbersOf = (value: ValueId): ArrayValue | null => {
    const graph = builder.finish([{ name: 'value', value }]);
    const live = liveValues(graph);
    if (graph.inputs.some(({ id }) => live.has(id))) return null;
    const found = evaluateAll(keepLive({ ...graph, inputs: [] }, live), new Map());
    const last = [...found.values()].at(-1);
    return last?.kind === 'array' ? last : null;
  };

  const constant = (dataId: DataId, values: tf.backend_util.BackendValues, { shape, dtype }: tf.TensorInfo): ValueId => {
    const type = dtypeOf(dtype);
    if (type === null || Array.isArray(values)) return refuse(`it uses a tensor of type ${dtype}, and the graph has float32, int32 and bool`);
    const id = placed(() => write.constant(values, shape, type));
    constants.set(dataId, id);
    return id;
  };

  /** A tensor made elsewhere, of which only the type counts. */
  const typed = (dataId: DataId, { shape, dtype }: tf.TensorInfo): ValueId => {
    const id = builder.input(`given.${constants.size}`, tensorType(shape, { dtype: dtypeOf(dtype) ?? refuse(`it uses a tensor of type ${dtype}`) }));
    constants.set(dataId, id);
    return id;
  };

  const valueOf = (tensor: tf.TensorInfo): ValueId => {
    const { dataId } = tensor;
    const known = constants.get(dataId);
    if (known !== undefined) return known;
    const content = backend.entries.get(dataId)?.content;
    if (content?.kind === 'value') return content.id;
    if (unknown === 'zeros' && (content?.kind !== 'written' || content.values.length > MOST_KNOWN)) return typed(dataId, tensor);
    if (content === undefined) return constant(dataId, foreignNumbers(dataId), tensor);
    return constant(dataId, content.kind === 'written' ? content.values : foreignNumbers(content.dataId), tensor);
  };

  const infoOf = (value: ValueId): tf.TensorInfo => {
    const type = builder.typeOf(value);
    const [shape, dtype] = [[...shapeOf(type)], TF_DTYPES[write.dtype(value)]];
    return { dataId: backend.hold({ kind: 'value', id: value }, shape, dtype), shape, dtype };
  };

  const placed = <T>(body: () => T): T => {
    const layer = layers.at(-1);
    if (layer === undefined) return builder.at(spans, body);
    let source = sources.get(layer);
    if (source === undefined) sources.set(layer, (source = createSource(LAYER_SOURCE, layer)));
    return builder.at([...spans, { source, start: 0, end: layer.length }], body);
  };

  const recorder: Recorder = {
    backend,
    builder,
    write,
    valueOf,
    hold: (value) => infoOf(value).dataId,
    tensorOf: (value) => engine.makeTensorFromTensorInfo(infoOf(value), backend),
    input(name, shape, dtype) {
      const id = inputs.get(name) ?? builder.input(name, tensorType(shape, { dtype }));
      inputs.set(name, id);
      return id;
    },
    runKernel: (name, given, attributes) => recorder.runRule(name, KERNELS[name], given, attributes),
    runRule(name, rule, given, attributes) {
      const call: KernelCall = {
        kernelName: name,
        write,
        attributes,
        input(key) {
          const tensor = given[key];
          return tensor === undefined || tensor === null ? refuse(`the kernel '${name}' lacks its input '${key}'`) : valueOf(tensor);
        },
        optional(key) {
          const tensor = given[key];
          return tensor === undefined || tensor === null ? null : valueOf(tensor);
        },
        shaped: (value) => ({ shape: [...write.shape(value)], rank: write.shape(value).length }) as unknown as tf.Tensor,
        list: name in LIST_KERNELS ? Object.values(given).flatMap((tensor) => (tensor === undefined ? [] : [valueOf(tensor)])) : [],
        refuse,
      };
      const result = placed(() => rule(call));
      return typeof result === 'number' ? infoOf(result) : result.map(infoOf);
    },
    at(origin, body) {
      const outer = spans;
      spans = joinOrigins(spans, origin);
      try {
        return body();
      } finally {
        spans = outer;
      }
    },
    layer: () => layers.at(-1) ?? null,
    inLayer(name, body) {
      layers.push(name);
      try {
        return body();
      } finally {
        layers.pop();
      }
    },
    placed,
    refuse,
    raise() {
      if (first !== null) throw first;
    },
    numbersOf,
    survivor: (entry) => (entry.content.kind === 'foreign' ? null : numbersOfEntry(entry)),
    finish: (outputs) => builder.finish(Object.entries(outputs).map(([name, value]) => ({ name, value }))),
  };
  return recorder;
}

/** Of so few numbers a trace by types alone knows the values, too: sizes, places and the like. */
const MOST_KNOWN = 64;

function zerosOf({ shape, dtype }: Entry): tf.backend_util.BackendValues {
  const size = tf.util.sizeFromShape([...shape]);
  return dtype === 'float32' ? new Float32Array(size) : dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

/** What the sources are called that stand for layers. */
const LAYER_SOURCE = '<layer>';

/** The layer that an equation belongs to; null where there is none. */
export function layerOfOrigin(origin: readonly Span[]): string | null {
  return origin.findLast(({ source }) => source.name === LAYER_SOURCE)?.source.text ?? null;
}

/** Kernels whose inputs are a list. */
const LIST_KERNELS: Readonly<Record<string, true>> = { AddN: true, Concat: true, Pack: true, Einsum: true };
