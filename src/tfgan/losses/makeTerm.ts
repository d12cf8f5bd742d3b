import * as tf from '@tensorflow/tfjs';
import { fail } from '../../runtime/models/fail.ts';
import { Reduction } from '../types.ts';
import type { LossFields, LossTerm, NameInput } from './builtinLoss.ts';
import { OVERSMOOTHED } from './definitions/oversmoothed.ts';
import type { LossDefinition, OptionRule } from './lossDefinition.ts';
import { checkNumeric, printValue, validReduction, type LossOptions } from './options.ts';
import { assertBroadcastable, type Shape } from './shapes.ts';
import { zeroSlopeWhereSumIsZero } from './zeroSlope.ts';

/** An option as it stands in the term's call, or the tensor that it refers to there. Both null: the term's default. */
interface Argument {
  readonly text: string | null;
  readonly tensor: { readonly shape: Shape; readonly make: () => tf.Tensor } | null;
}

/**
 * The term that stands for a call of a loss on `fields`. Options hold what was given: null is None.
 * @throws SpecError for an option of a wrong type
 */
export function makeTerm(definition: LossDefinition, fields: LossFields, options: LossOptions & Readonly<Record<string, unknown>>, nameInput: NameInput): LossTerm {
  const reduction = definition.takes.includes('reduction') ? validReduction(options.reduction === undefined ? Reduction.SUM_BY_NONZERO_WEIGHTS : options.reduction) : null;
  const inputs: Record<string, () => tf.Tensor> = {};
  const checks: (() => void)[] = [() => definition.check?.(fields as Required<LossFields>)];
  const args: string[] = [];
  const { term, definitions = '' } = isOversmoothed(definition, options) ? OVERSMOOTHED[definition.term] : definition;
  for (const [option, rule] of Object.entries(definition.options)) {
    const given = options[option];
    const { text, tensor } = given === undefined ? stated(rule, rule.default) : ARGUMENTS[rule.kind](given, rule, `${definition.name}()`, option);
    if (text !== null) args.push(`${rule.argument}: ${text}`);
    if (tensor === null) continue;
    const name = nameInput();
    args.push(`${rule.argument}: ${name}`);
    inputs[name] = tensor.make;
    if (rule.kind !== 'weights') continue;
    checks.push(() => assertBroadcastable(tensor.shape, rule.over(fields)));
    if (reduction !== Reduction.MEAN) continue;
    inputs[name] = () => (tensor.shape.join() === rule.over(fields).join() ? zeroSlopeWhereSumIsZero(tensor.make()) : tensor.make());
  }
  return {
    player: definition.player,
    call: args.length === 0 ? term : `${term}(${args.join(', ')})`,
    definitions,
    reduction,
    inputs,
    fields,
    reads: definition.args,
    check: () => checks.forEach((check) => check()),
    summaries: { scope: options.scope ?? definition.scope, inside: definition.inside, scalars: definition.scalars },
  };
}

function isOversmoothed({ options }: LossDefinition, given: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(options).some(([option, { kind }]) => kind === 'smoothing' && Number(given[option]) > 1);
}

const ARGUMENTS: { readonly [K in OptionRule['kind']]: (given: unknown, rule: OptionRule, owner: string, option: string) => Argument } = {
  weights: numeric,
  value: numeric,
  smoothing(given, rule, owner, option) {
    if (given instanceof tf.Tensor) {
      return fail('GL3004', `Using a symbolic \`tf.Tensor\` as a Python \`bool\` is not allowed: \`${option}\` of ${owner} must be a number`);
    }
    if (typeof given !== 'number' && typeof given !== 'boolean') return fail('GL3004', `'>' not supported: \`${option}\` of ${owner} must be a number. Instead, was ${printValue(given)}`);
    return stated(rule, Number(given) > 0 ? Number(given) : 0);
  },
  flag: (given, rule) => (given instanceof tf.Tensor ? fail('GL3004', 'Using a symbolic `tf.Tensor` as a Python `bool` is not allowed') : stated(rule, Boolean(given))),
};

function numeric(given: unknown, rule: OptionRule, owner: string, option: string): Argument {
  checkNumeric(given, owner, option);
  if (given instanceof tf.Tensor) return { text: null, tensor: { shape: given.shape, make: () => given } };
  if (typeof given === 'object') return constant(given as number[]);
  const number = Number(given);
  return Number.isFinite(number) ? stated(rule, number) : constant(number);
}

/** What a text cannot say. The tensor is made anew in each run, and belongs to it. */
function constant(value: number | number[]): Argument {
  return { text: null, tensor: { shape: tf.tidy(() => tf.tensor(value).shape), make: () => tf.tensor(value) } };
}

/** Equal calls are equal texts: what the term has by default is not written. */
function stated(rule: OptionRule, value: number | boolean): Argument {
  return { text: value === rule.default ? null : String(value), tensor: null };
}
