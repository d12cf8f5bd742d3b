import * as tf from '@tensorflow/tfjs';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, installGradients } from '../../src/index.ts';
import { faultText, parseCase, printCase } from './caseFile.ts';
import type { RandomObjective } from './randomObjective.ts';
import { shrinkObjective } from './shrinkObjective.ts';
import { findObjectiveFault, objectiveWay, type ObjectiveFault, type ObjectiveWay } from './ways.ts';

const folder = new URL('cases/', import.meta.url);
const FILES = readdirSync(folder).filter((name) => name.endsWith('.ganloss'));

beforeAll(async () => {
  await tf.setBackend('cpu');
  installGradients();
});

describe('specifications that went wrong once', () => {
  it.each(FILES)('%s', (name) => {
    const { ways, spec } = parseCase(readFileSync(new URL(name, folder), 'utf8'));
    expect(faultText(findObjectiveFault(ways, spec))).toBe('');
  });

  it('have a first output without a name', () => {
    expect(compile('modified + acgan').emit('tfjs')).toContain('.head()');
  });
});

describe('mistakes', () => {
  /** What a way says that takes tanh for something else. */
  const find = ([way]: readonly ObjectiveWay[], spec: RandomObjective): ObjectiveFault | null => (spec.text.includes('tanh') ? { spec, way, player: 'generator', wrong: ['loss[0]: 1 became -1'] } : null);

  it('are shrunk to little more, and printed as a file that is read back', () => {
    const text = 'model gan\nterm own(a = 1.5) {\n  let v = (tanh(D(fake))*a + D(real))\n  discriminator = mean(v) + sum(square(v))\n}\nobjective = hinge + 2*(own) + every(3, r1)\n';
    const spec = { model: 'gan', text, activation: 'softplus', seed: 5, sampleClass: false } as const;
    const fault = shrinkObjective(find([objectiveWay('printed module')], spec)!, find);
    expect(fault.spec.text.length).toBeLessThan(text.length / 2);
    const file = printCase(fault);
    expect(file).toMatch(/^\/\/ why: generator: loss\[0\]: 1 became -1\n\/\/ ways: printed module\n\/\/ activation: softplus\n\/\/ seed: 5\n/);
    expect(parseCase(file)).toMatchObject({ ways: [objectiveWay('printed module')], spec: { ...fault.spec, text: `${fault.spec.text.trimEnd()}\n` } });
    expect(faultText(fault)).toContain(file);
  });
});
