import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../objective.ts';
import type { Batch, GeneratorInputs } from '../../runtime/models/model.ts';
import { createRandom } from '../../runtime/random.ts';
import { batches, type Batch as ImageBatch } from '../data/batches.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { problem } from './problem.ts';
import type { RunSettings } from './trainOptions.ts';

/** The models that one set of images can train. */
export type TrainableModel = 'gan' | 'acgan';

/** What is trained on what: batches and inputs as functions of seed and step, so that a run resumes exactly where it was. */
export interface Task {
  readonly model: TrainableModel;
  /** The batch of a step and an update of it, both counted from 0. The caller disposes of its tensors. */
  readonly batchAt: (step: number, update: number) => Batch;
  /** What the generator starts from for pictures and measurements: the same for a name and a count, whatever the step. */
  readonly inputs: (name: string, count: number) => GeneratorInputs;
  /** How many samples a picture shows, and in how many columns. */
  readonly grid: { readonly count: number; readonly columns: number };
}

const OTHER_MODELS = {
  infogan: "an infogan needs codes for every batch, which --data does not say how to draw",
  cyclegan: 'a cyclegan trains on two sets of images, and --data gives one',
  stargan: 'a stargan needs a domain for every image, which --data does not give',
} as const;

/**
 * @throws SpecError GL5001 for what an image set alone cannot train
 */
export function createTask(objective: Objective, set: ImageSet, settings: RunSettings): Task {
  const { model } = objective;
  if (model !== 'gan' && model !== 'acgan') {
    return problem('GL5001', `${OTHER_MODELS[model]}`, `Train it with the API: "ganloss new DIR --model ${model}" writes a script to start from.`);
  }
  const [input] = objective.inputs;
  if (input !== undefined) return problem('GL5001', `the specification declares the input '${input}', which --data does not give`, 'Train it with the API, whose batches hold it: see the README.');
  const { classes } = set;
  if (model === 'acgan' && classes === undefined) return problem('GL5001', `an acgan needs a class for every image, and ${set.name} has none`, '--data mnist has: its digits. For data of your own use the API: "ganloss new DIR --model acgan" writes a script to start from.');

  const source = batches(set, { size: settings.batch, seed: settings.seed });
  const oneHot = (labels: readonly number[]): tf.Tensor => tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d([...labels], 'int32'), classes ?? 1), 'float32'));
  const noise = (stream: string, count: number, step = 0): tf.Tensor => createRandom(settings.seed, stream, step).normal('z', [count, settings.noise]);
  const real = ({ images, size }: ImageBatch): tf.Tensor => tf.tensor4d(images, [size, set.height, set.width, set.channels]);

  return {
    model,
    batchAt(step, update) {
      const index = step * (settings.dSteps === 1 ? 1 : settings.dSteps + 1) + update;
      const batch = source.at(index);
      const z = noise('train', batch.size, index);
      if (model === 'gan') return { real: real(batch), generatorInputs: z };
      const labels = oneHot([...batch.labels!]);
      return { real: real(batch), labels, generatorInputs: [z, labels] };
    },
    inputs(name, count) {
      const z = noise(name, count);
      // a column a class
      return model === 'gan' ? z : [z, oneHot(Array.from({ length: count }, (_, index) => index % classes!))];
    },
    grid: model === 'gan' || classes === undefined ? { count: 64, columns: 8 } : { count: classes * Math.max(1, Math.round(80 / classes)), columns: classes },
  };
}
