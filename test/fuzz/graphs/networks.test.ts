import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installGradients } from '../../../src/runtime/gradients/installGradients.ts';
import { findFault } from './findFault.ts';
import { networkCase } from './networkCase.ts';
import { printFault } from './printFault.ts';
import { shrink } from './shrink.ts';
import { WAYS } from './ways.ts';

/** Passes one by one are for graphs, which are smaller. */
const NETWORK_WAYS = WAYS.filter(({ name }) => !name.includes('alone'));

let uninstall = (): void => undefined;
beforeAll(() => {
  uninstall = installGradients();
});
afterAll(() => uninstall());

describe('random networks under WGAN-GP', () => {
  it('have the same loss and gradients on the tape, captured, optimised, scheduled and on every target', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const given = await networkCase(seed);
      const fault = await findFault(NETWORK_WAYS, given);
      if (fault !== null) expect.fail(`seed ${seed}, ${given.layers.join(' ')}: wrong on the way '${fault.way.name}'; shrunk:\n${printFault(await shrink(fault))}`);
    }
  });
});
