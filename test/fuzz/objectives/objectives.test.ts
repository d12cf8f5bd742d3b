import { expect, it } from 'vitest';
import { installGradients } from '../../../src/runtime/gradients/installGradients.ts';
import { objectiveOf, runObjectives } from './runObjectives.ts';

it('specifications of seeds are of both flavours and come out right', async () => {
  const uninstall = installGradients();
  const files: string[] = [];
  const wrong = await runObjectives({ seed: 1, count: 2, keepGoing: true, found: (_name, file) => files.push(file), progress: () => undefined });
  uninstall();
  expect([wrong, files]).toEqual([0, []]);
  expect(objectiveOf(7)).toEqual(objectiveOf(7));
  expect(Array.from({ length: 40 }, (_, seed) => objectiveOf(seed)).filter(({ text }) => text.includes('term own')).length).toBe(20);
});
