import { defaultNetworks } from './defaultNetworks.ts';
import type { ImageShape } from './networkParts.ts';
import { checkShapes, loadNetworks, type GivenNetworks } from './networksFile.ts';
import type { TrainableModel } from './task.ts';
import type { RunSettings } from './trainOptions.ts';

export interface NetworksWanted {
  /** The file as it was given; the default networks without one. */
  readonly file: string | undefined;
  readonly model: TrainableModel;
  readonly image: ImageShape;
  readonly classes: number | undefined;
  readonly settings: RunSettings;
}

/** The networks of a run. @throws SpecError GL7001, GL7009 for a file of networks that cannot be used */
export async function networksOf({ file, model, image: { height, width, channels }, classes: count, settings: { seed, noise } }: NetworksWanted, cwd: string): Promise<GivenNetworks> {
  const image = { height, width, channels };
  const classes = count === undefined ? {} : { classes: count };
  if (file === undefined) return defaultNetworks(model, image, { seed, noise, ...classes });
  const networks = await loadNetworks(file, cwd, { ...image, noise, ...classes });
  checkShapes(networks, image, file);
  return networks;
}
