import { ELEMENTWISE } from './elementwise.ts';
import { REDUCING } from './reductions.ts';
import { SCHEDULES } from './schedules.ts';
import { SPECIAL } from './special.ts';
import { TENSORS } from './tensors.ts';
import type { FunctionSpec } from './spec.ts';

/** Every function of the language: one row each, from which it is checked, built and documented. */
export const FUNCTIONS = { ...REDUCING, ...ELEMENTWISE, ...TENSORS, ...SPECIAL, ...SCHEDULES } as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof FUNCTIONS;

export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(FUNCTIONS, name);

/** The row of a function, without the particulars of its name. */
export const functionSpec = (name: FunctionName): FunctionSpec => FUNCTIONS[name];
