import type { Family } from './family.ts';
import { combineAdversarialLoss } from './combineAdversarialLoss.ts';
import { cycleganLoss } from './cycleganLoss.ts';
import { directLoss } from './directLoss.ts';
import { errors } from './errors.ts';
import { ganLoss } from './ganLoss.ts';
import { gradientPenalty } from './gradientPenalty.ts';
import { starganLoss } from './starganLoss.ts';
import { tensorPool } from './tensorPool.ts';
import { trajectories } from './trajectories.ts';

/** The families of the corpus, each through `ganloss/tfgan`. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  weighted_loss: directLoss,
  losses: directLoss,
  gan_loss: ganLoss,
  cyclegan_loss: cycleganLoss,
  stargan_loss: starganLoss,
  combine_adversarial_loss: combineAdversarialLoss,
  gradient_penalty: gradientPenalty,
  trajectories,
  tensor_pool: tensorPool,
  errors,
};
