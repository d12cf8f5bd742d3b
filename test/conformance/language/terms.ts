import type { Json } from '../corpus/json.ts';
import { inexpressible, type SpecBuilder } from './spec.ts';

/** The term, and which player's half of it, that a function of TF-GAN is. */
export interface Half {
  readonly term: string;
  readonly player: 'generator' | 'discriminator';
}

export const HALVES: Readonly<Record<string, Half>> = {
  wasserstein_generator_loss: { term: 'wasserstein', player: 'generator' },
  wasserstein_discriminator_loss: { term: 'wasserstein', player: 'discriminator' },
  wasserstein_hinge_generator_loss: { term: 'hinge', player: 'generator' },
  wasserstein_hinge_discriminator_loss: { term: 'hinge', player: 'discriminator' },
  least_squares_generator_loss: { term: 'least_squares', player: 'generator' },
  least_squares_discriminator_loss: { term: 'least_squares', player: 'discriminator' },
  minimax_generator_loss: { term: 'minimax', player: 'generator' },
  minimax_discriminator_loss: { term: 'minimax', player: 'discriminator' },
  modified_generator_loss: { term: 'modified', player: 'generator' },
  modified_discriminator_loss: { term: 'modified', player: 'discriminator' },
  relativistic_generator_loss: { term: 'relativistic', player: 'generator' },
  relativistic_discriminator_loss: { term: 'relativistic', player: 'discriminator' },
  acgan_generator_loss: { term: 'acgan', player: 'generator' },
  acgan_discriminator_loss: { term: 'acgan', player: 'discriminator' },
  mutual_information_penalty: { term: 'mi', player: 'generator' },
  cycle_consistency_loss: { term: 'cycle', player: 'generator' },
};

/** Options that are the file's, or no part of a specification. */
const NO_ARGUMENTS = ['reduction', 'add_summaries'];

/** A call of a term: TF-GAN's options are its arguments, under the same names. */
export function callTerm(spec: SpecBuilder, term: string, options: Readonly<Record<string, Json>>, prefix = ''): string {
  const args = Object.entries(options).flatMap(([name, value]) => {
    if (NO_ARGUMENTS.includes(name)) return [];
    checkSmoothing(name, value);
    return [`${name}: ${spec.argument(`${prefix}${name}`, value)}`];
  });
  return `${term}(${args.join(', ')})`;
}

function checkSmoothing(name: string, value: Json): void {
  if (name !== 'label_smoothing') return;
  if (typeof value === 'number' && (value < 0 || value > 1)) inexpressible('smoothing');
  if (value !== null && typeof value === 'object') inexpressible('tensorSmoothing');
}
