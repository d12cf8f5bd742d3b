import type { PlayerName } from '../models/model.ts';
import type { Settings } from './options.ts';

/** Updates that are computed at the same weights and on the same samples. */
export type Update = readonly PlayerName[];

/** The updates of a step, in order: TF-GAN's get_sequential_train_hooks and get_joint_train_hooks. */
export function planUpdates({ schedule, steps: { generator, discriminator } }: Pick<Settings, 'schedule' | 'steps'>): readonly Update[] {
  const together = schedule === 'joint' ? Math.min(generator, discriminator) : 0;
  const repeat = (count: number, update: Update): readonly Update[] => Array.from({ length: count }, () => update);
  return [
    ...repeat(together, ['generator', 'discriminator']),
    ...repeat(generator - together, ['generator']),
    ...repeat(discriminator - together, ['discriminator']),
  ];
}
