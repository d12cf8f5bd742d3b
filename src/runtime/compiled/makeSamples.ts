import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../ir/values.ts';
import { dimsOf } from '../../step/arithmetic.ts';
import { withLayerDraws } from '../capture/layerDraws.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import type { Inputs } from '../models/model.ts';
import type { Trial } from '../trainer/evaluatePlayer.ts';
import { layerSource } from '../trainer/layerSource.ts';
import { randomOf } from '../trainer/options.ts';
import { argumentTensors, captureFakes, foreignVariables, SAMPLES, type CaptureContext } from './captureLoss.ts';
import { createFill } from './fill.ts';
import type { Routes } from './routes.ts';
import type { Session } from './session.ts';
import { download } from './transfer.ts';
import { signatureOf } from './updateKey.ts';

type Samples = Readonly<Record<string, tf.Tensor>>;

/** What the generators make of graph inputs, as tensors: by code of their own, or on the tape where they cannot be captured. */
export function makeSamples(session: Session, trial: Trial, given: Inputs, routes: Routes, contextOf: (session: Session, trial: Trial) => CaptureContext): Samples {
  if (routes.samplesAreCompiled()) {
    try {
      const run = session.cached(`samples ${signatureOf(given)}`, () => compileSamples(session, given, contextOf(session, trial)));
      return run(given, trial);
    } catch (error) {
      routes.giveUpSamples(error);
    }
  }
  const { objective, networks, settings } = trial;
  const adapter = MODEL_ADAPTERS[objective.model];
  const bound = adapter.bind(networks, { training: settings.training, codes: (given.codes ?? []) as readonly tf.Tensor[], variables: settings.variables });
  const samples = randomOf(settings, `${SAMPLES}/${trial.update}`, trial.step);
  return withLayerDraws(layerSource(samples), () => adapter.fakes(bound, given));
}

function compileSamples({ machine, persistent }: Session, inputs: Inputs, context: CaptureContext): (given: Inputs, trial: Trial) => Samples {
  const captured = captureFakes({ kind: 'inputs', inputs }, context);
  const outputs = captured.graph.outputs.filter(({ name }) => !name.startsWith('update.'));
  const graph = { ...captured.graph, outputs };
  const types = new Map([...graph.inputs, ...graph.equations].map(({ id, type }) => [id, type]));
  const weights = new Map(persistent.weights.map(({ name, cell }) => [name, cell.place]));
  const room = (id: number): number => machine.allocate(4 * sizeOf(dimsOf(types.get(id)!)));
  const places = new Map<string, number>([
    ...graph.inputs.map(({ name, id }) => [name, weights.get(name) ?? room(id)] as const),
    ...outputs.map(({ name, value }) => [name, room(value)] as const),
  ]);
  const { run, reads } = machine.load([{ name: 'samples', graph, places }]).get('samples')!;
  const foreign = foreignVariables(context);
  const fill = createFill(machine, { graph, captured: [captured], schedules: new Map(), foreign, places, reads });
  return (given, { settings, params, step, update }) => {
    fill({ tensors: argumentTensors(given), settings, params, step, update });
    run();
    return Object.fromEntries(outputs.map(({ name, value }) => [name, download(machine, places.get(name)!, dimsOf(types.get(value)!), 'float32')]));
  };
}
