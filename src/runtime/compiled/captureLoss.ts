import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../../support/schedules.ts';
import { capture, type Captured, type Tracer } from '../capture/capture.ts';
import { withLayerDraws } from '../capture/layerDraws.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import { fail } from '../models/fail.ts';
import type { Batch, Inputs, Networks, PlayerName, Sampler } from '../models/model.ts';
import { playerLoss } from '../playerLoss.ts';
import type { RunnableObjective } from '../runnable.ts';
import type { StateAccess } from '../state.ts';
import { layerSource } from '../trainer/layerSource.ts';
import type { Settings } from '../trainer/options.ts';
import type { Params } from '../trainer/params.ts';
import { needsFakes, reportedValues, sameInputs } from '../trainer/evaluatePlayer.ts';
import type { StateType } from './stateMemory.ts';
import type { TensorDtype } from './transfer.ts';

/** What a captured loss starts from. */
export type LossSource =
  /** The batch: z may be drawn, and the generator runs inside the graph. */
  | { readonly kind: 'batch'; readonly batch: Batch }
  /** The graph inputs themselves, samples that were made (and pooled) elsewhere among them. */
  | { readonly kind: 'inputs'; readonly inputs: Inputs };

export interface CaptureContext {
  readonly objective: RunnableObjective;
  readonly networks: Networks;
  readonly settings: Settings;
  readonly params: Params;
  readonly variables: readonly { readonly name: string; readonly variable: tf.Variable }[];
  /** How many steps are done: what is awake then is captured. */
  readonly stepsDone: number;
  /** The states that are there already. */
  readonly states: ReadonlyMap<string, StateType>;
}

export interface CapturedLoss extends Captured {
  /** What the update reports; each is an output of that name, a scalar. `loss` first. */
  readonly labels: readonly string[];
  /** States that the loss writes: outputs `state.<key>`. */
  readonly states: readonly string[];
  /** Schedules that it reads, by their input. */
  readonly schedules: ReadonlyMap<string, Schedule>;
}

/** Streams of draws under names that do not depend on the update: the host appends its number. */
export const SAMPLES = 'samples';

export const INPUT_NAMES = {
  batch: (path: string) => `batch.${path}`,
  /** A stargan's target domains where the batch has none. */
  target: 'drawn.target',
  state: (key: string) => `state.${key}`,
  param: (name: string) => `param.${name}`,
} as const;

/**
 * A player's loss as equations, from the batch to the reported numbers.
 *
 * @throws SpecError GL5005 for what cannot be captured, and what binding a batch raises
 */
export function captureLoss(player: PlayerName, source: LossSource, context: CaptureContext): CapturedLoss {
  const made = { labels: [] as readonly string[], states: [] as readonly string[], schedules: new Map<string, Schedule>() };
  const captured = capture(
    (tracer) => {
      const { objective, networks, settings, stepsDone } = context;
      const state = traceState(tracer, context.states);
      const { bound, inputs } = traceInputs(tracer, player, source, context);
      const random = tracer.random(player);
      const result = withLayerDraws(layerSource(random), () => playerLoss(objective, player, {
        networks,
        bound,
        inputs,
        random,
        params: Object.fromEntries(Object.keys(context.params).map((name) => [name, tracer.argument(INPUT_NAMES.param(name), [], 'float32')])),
        state,
        step: { done: stepsDone, scalar: (schedule) => traceSchedule(tracer, schedule, made.schedules) },
        hooks: settings.hooks,
        at: tracer.at,
        observe: undefined,
      }));
      const values = reportedValues(result);
      made.labels = values.map(([label]) => label);
      made.states = [...state.written.keys()];
      return Object.fromEntries([
        ...values.map(([label, value]) => [label, tf.reshape(asScalar(value), [])] as const),
        ...[...state.written].map(([key, value]) => [`state.${key}`, value] as const),
      ]);
    },
    { variables: context.variables },
  );
  return { ...captured, ...made };
}

/** What the generators make of the batch, as equations: outputs `fake`, or `fake_x` and `fake_y`. */
export function captureFakes(source: LossSource & { readonly kind: 'inputs' }, { objective, networks, settings, variables }: CaptureContext): Captured {
  return capture(
    (tracer) => {
      const adapter = MODEL_ADAPTERS[objective.model];
      const given = placeholders(tracer, source.inputs);
      const bound = adapter.bind(networks, { training: settings.training, codes: (given.codes ?? []) as readonly tf.Tensor[], variables: settings.variables });
      return withLayerDraws(layerSource(tracer.random(SAMPLES)), () => adapter.fakes(bound, given));
    },
    { variables },
  );
}

/** The variables that no network owns, by the name of their graph input. */
export function foreignVariables({ variables }: CaptureContext): ReadonlyMap<string, tf.Variable> {
  return new Map(variables.filter(({ name }) => !name.startsWith('weight.')).map(({ name, variable }) => [name, variable]));
}

function traceInputs(tracer: Tracer, player: PlayerName, source: LossSource, { objective, networks, settings }: CaptureContext) {
  const adapter = MODEL_ADAPTERS[objective.model];
  const traced = placeholders(tracer, source.kind === 'batch' ? source.batch : source.inputs);
  const given = source.kind === 'batch' ? adapter.inputs(traced as Batch, traceSampler(tracer, settings)) : traced;
  const bound = adapter.bind(networks, { training: settings.training, codes: (given.codes ?? []) as readonly tf.Tensor[], variables: settings.variables });
  if (source.kind === 'inputs') return { bound, inputs: given };
  const declared = Object.fromEntries(objective.inputs.map((name) => [name, traced[name]]));
  const fakes = needsFakes(objective, player) ? withLayerDraws(layerSource(tracer.random(SAMPLES)), () => adapter.fakes(bound, given)) : {};
  const inputs: Inputs = { ...declared, ...given, ...fakes };
  return { bound, inputs: player === 'discriminator' && objective.pool !== null ? { ...inputs, ...sameInputs(objective, inputs) } : inputs };
}

/** Each tensor as an argument; what is no tensor stays as it is. */
function placeholders(tracer: Tracer, inputs: Readonly<Record<string, unknown>>): Inputs {
  const replace = (path: string, value: unknown): unknown => {
    if (value instanceof tf.Tensor) return tracer.argument(INPUT_NAMES.batch(path), value.shape, value.dtype as TensorDtype);
    return Array.isArray(value) ? value.map((item, index) => replace(`${path}/${index}`, item)) : value;
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, replace(name, value)]));
}

/** The tensors of a batch or of graph inputs, by the names of their arguments. */
export function argumentTensors(inputs: Readonly<Record<string, unknown>>): ReadonlyMap<string, tf.Tensor> {
  const found = new Map<string, tf.Tensor>();
  const visit = (path: string, value: unknown): void => {
    if (value instanceof tf.Tensor) found.set(INPUT_NAMES.batch(path), value);
    else if (Array.isArray(value)) value.forEach((item, index) => visit(`${path}/${index}`, item));
  };
  for (const name in inputs) visit(name, inputs[name]);
  return found;
}

function traceSampler(tracer: Tracer, { noise }: Settings): Sampler {
  return {
    noise: noise === null ? null : (batchSize) => tracer.random(SAMPLES).normal('z', [batchSize, noise]),
    oneHot: (batchSize, classes) => tracer.argument(INPUT_NAMES.target, [batchSize, classes], 'float32'),
  };
}

function traceSchedule(tracer: Tracer, schedule: Schedule, seen: Map<string, Schedule>): tf.Tensor {
  const name = `schedule.${schedule.fn}(${schedule.args.join(',')})`;
  seen.set(name, schedule);
  return tracer.argument(name, [], 'float32');
}

function traceState(tracer: Tracer, present: CaptureContext['states']): StateAccess & { readonly written: ReadonlyMap<string, tf.Tensor> } {
  const written = new Map<string, tf.Tensor>();
  return {
    written,
    read(key, initial) {
      const type = present.get(key);
      return type === undefined ? initial : tracer.argument(INPUT_NAMES.state(key), type.shape, type.dtype);
    },
    write: (key, value) => void written.set(key, value),
    pool: (key) => fail('GL5005', `the pool of '${key}' chooses among tensors: its term runs on the tape`),
  };
}

function asScalar(value: tf.Tensor): tf.Tensor {
  const number = value.rank === 0 ? value : tf.sum(value);
  return number.dtype === 'float32' ? number : tf.cast(number, 'float32');
}
