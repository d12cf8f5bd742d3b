import { compile } from '../../src/index.ts';
import { ACTIVATION_NAMES } from './network.ts';
import type { RandomObjective } from './randomObjective.ts';
import { objectiveWay, type ObjectiveFault, type ObjectiveWay } from './ways.ts';

/**
 * A specification that went wrong once, as a file of `cases/`: a specification like any other, whose first lines are comments that say
 * why, on which ways, and with which networks.
 *
 *     // why: an average’s past is a constant
 *     // ways: reference, captured to wasm
 *     // activation: tanh
 *     // seed: 1
 *     model gan
 *     …
 */
export interface ObjectiveCase {
  readonly why: string;
  readonly ways: readonly ObjectiveWay[];
  readonly spec: RandomObjective;
}

/** @throws Error where a line is missing or names what is not there */
export function parseCase(file: string): ObjectiveCase {
  const entry = (name: string): string => {
    const found = new RegExp(`^// ${name}: (.+)$`, 'm').exec(file);
    if (found === null) throw new Error(`the case has no line '// ${name}: …'`);
    return found[1];
  };
  const activation = ACTIVATION_NAMES.find((name) => name === entry('activation'));
  if (activation === undefined) throw new Error(`there is no activation '${entry('activation')}'`);
  const text = file.replace(/^\/\/.*\n/gm, '');
  return { why: entry('why'), ways: entry('ways').split('; ').map(objectiveWay), spec: { model: compile(text).model, text, activation, seed: Number(entry('seed')), sampleClass: /\bmulti_hinge\b/.test(text) } };
}

/** A fault as the file of a case. */
export function printCase({ spec, way, player, wrong }: ObjectiveFault): string {
  const lines = [`// why: ${player}: ${wrong[0].split('\n')[0]}`, `// ways: ${way.name}`, `// activation: ${spec.activation}`, `// seed: ${spec.seed}`];
  return `${lines.join('\n')}\n${spec.text.trimEnd()}\n`;
}

/** A fault for a reader: what is wrong, and the file; empty where there is none. */
export function faultText(fault: ObjectiveFault | null): string {
  return fault === null ? '' : `${fault.wrong.slice(0, 6).join('\n')}\n${printCase(fault)}`;
}
