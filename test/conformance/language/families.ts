import { cycleganLoss } from './cycleganLoss.ts';
import { directLoss } from './directLoss.ts';
import { ganLoss } from './ganLoss.ts';
import { gradientPenalty } from './gradientPenalty.ts';
import type { LanguageFamily } from './spec.ts';
import { starganLoss } from './starganLoss.ts';

/** The families whose cases are specifications as well. The others are about tuples, pools and optimisers. */
export const LANGUAGE_FAMILIES: Readonly<Record<string, LanguageFamily>> = {
  weighted_loss: directLoss,
  losses: directLoss,
  gan_loss: ganLoss,
  cyclegan_loss: cycleganLoss,
  stargan_loss: starganLoss,
  gradient_penalty: gradientPenalty,
};
