import * as tf from '@tensorflow/tfjs';
import type { RandomSource } from '../../src/tfgan.ts';
import { toTensor, type Recorded } from './corpus/tensor.ts';

/** Random draws that answer what TF-GAN's were told. */
export interface RecordedRandom extends RandomSource {
  /** Whether alpha was asked for. */
  readonly alphaUsed: () => boolean;
}

export interface RecordedDraws {
  /** What gradient penalties interpolate by; a cyclegan has one for each direction, in the order in which they are asked for. */
  readonly alphas: readonly Recorded[];
  /** A stargan's target domains, and how many there are. */
  readonly targets?: { readonly index: Recorded; readonly domains: number };
}

/** The name under which a stargan draws its target domains. */
const TARGET = 'target';

export function recordedRandom({ alphas, targets }: RecordedDraws): RecordedRandom {
  const asked: string[] = [];
  return {
    uniform(draw, shape) {
      if (draw === TARGET) return targetDraw(targets, shape);
      if (!asked.includes(draw)) asked.push(draw);
      const alpha = alphas[asked.indexOf(draw)];
      if (alpha === undefined) throw new Error(`an alpha is drawn ('${draw}') where TF-GAN draws none`);
      return checkShape(draw, toTensor(alpha), shape);
    },
    normal: refuse,
    numbers: refuse,
    alphaUsed: () => asked.length > 0,
  };
}

/** The uniform number that falls into a domain's part of [0, 1). */
function targetDraw(targets: RecordedDraws['targets'], shape: readonly number[]): tf.Tensor {
  if (targets === undefined) throw new Error('target domains are drawn where TF-GAN draws none');
  return checkShape(TARGET, tf.div(tf.add(toTensor({ ...targets.index, dtype: 'float32' }), 0.5), targets.domains), shape);
}

function checkShape(draw: string, tensor: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (tensor.shape.join() === shape.join()) return tensor;
  throw new Error(`'${draw}' is drawn of shape [${shape}], where TF-GAN's is [${tensor.shape}]`);
}

function refuse(draw: string): never {
  throw new Error(`'${draw}' is drawn where TF-GAN draws nothing`);
}
