import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { listGradients, type Gradients } from './listGradients.ts';

/**
 * TF-GAN's `clip_variables`: the optimiser, which after every update clips each element of these variables to
 * [-weightClip, weightClip]. It is the given optimiser in all else, its state included. Variables that an update has no gradient for
 * are not clipped.
 *
 * @throws SpecError GL3013 for a negative `weightClip`
 */
export function clipVariables<Optimizer extends tf.Optimizer>(optimizer: Optimizer, variables: readonly tf.Variable[], weightClip: number): Optimizer {
  if (!(weightClip >= 0)) return fail('GL3013', `\`discriminatorWeightClip\` must be positive. Instead, was ${weightClip}`);
  const clipped = new Map(variables.map((variable) => [variable.name, variable]));

  function applyGradients(gradients: Gradients): void {
    optimizer.applyGradients(gradients);
    tf.tidy(() => {
      for (const { name, tensor } of listGradients(gradients)) {
        const variable = clipped.get(name);
        if (variable !== undefined && tensor) variable.assign(tf.clipByValue(variable, -weightClip, weightClip));
      }
    });
  }

  // a proxy, so that whatever reads an optimiser's class and slots (checkpoints, undoing a failed step) finds those of the given one
  return new Proxy(optimizer, {
    get: (target, property) => (property === 'applyGradients' ? applyGradients : (Reflect.get(target, property) as unknown)),
  });
}

/**
 * TF-GAN's `clip_discriminator_weights` (Arjovsky et al., 2017, "Wasserstein GAN"): `clipVariables` of a model's discriminator.
 *
 * @throws SpecError GL3013 for a negative `weightClip`
 */
export function clipDiscriminatorWeights<Optimizer extends tf.Optimizer>(
  optimizer: Optimizer,
  model: { readonly discriminatorVariables: readonly tf.Variable[] },
  weightClip: number,
): Optimizer {
  return clipVariables(optimizer, model.discriminatorVariables, weightClip);
}
