import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { installGradients } from '../installGradients.ts';
import type { GradientCase } from './checkGradients.ts';
import { checkGradients } from './checkGradients.ts';

/** Checks each case to second order on the cpu and on the wasm backend. */
export function describeCases(title: string, cases: readonly GradientCase[]): void {
  describe.each(['cpu', 'wasm'])(`${title} on %s`, (backend) => {
    let undo: () => void;
    beforeAll(async () => {
      await tf.setBackend(backend);
      undo = installGradients();
    });
    afterAll(() => undo());

    it.each(cases.map((gradientCase) => [gradientCase.name, gradientCase] as const))('%s to second order', (_name, gradientCase) => {
      checkGradients(gradientCase);
    });
  });
}
