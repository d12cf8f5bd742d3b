import type { Span } from '../../support/source.ts';
import type { Expr, File, PoolItem, SettingItem, SettingName, WeightClipItem } from '../ast.ts';
import { MODELS, REDUCTIONS, type MathMode, type Model, type PoolSetting, type Reduction } from '../typed.ts';
import { bindArguments, type EvaluatedArg } from './bind.ts';
import { didYouMeanFix } from './names.ts';
import type { Reporter } from './reporter.ts';
import { describe, type Value } from './values.ts';

/** What the settings of a file say. */
export interface Settings {
  readonly model: { readonly value: Model; readonly span: Span } | null;
  /** A model was stated, even if it is unknown: then none is inferred. */
  readonly modelStated: boolean;
  readonly reduction: Reduction;
  readonly math: MathMode;
}

const VALUES: { readonly [S in SettingName]: readonly string[] } = {
  model: MODELS,
  reduction: REDUCTIONS,
  math: ['strict', 'fast'],
};

/** Reads the settings; unknown values and repetitions are reported. */
export function readSettings(file: File, reporter: Reporter): Settings {
  const first = new Map<string, SettingItem | PoolItem | WeightClipItem>();
  for (const item of file.items) {
    if (item.kind !== 'setting' && item.kind !== 'pool' && item.kind !== 'weight_clip') continue;
    const name = item.kind === 'setting' ? item.setting : item.kind;
    const before = first.get(name);
    if (before !== undefined) {
      reporter.report({ code: 'GL2005', span: item.span, message: `the ${name} is set twice`, label: 'set again', labels: [{ span: before.span, message: 'set here first' }] }, null);
    } else first.set(name, item);
    if (item.kind === 'setting') checkValue(item, reporter);
  }
  const value = <T extends string>(setting: SettingName, values: readonly T[]): { value: T; span: Span } | null => {
    const item = first.get(setting);
    const known = item?.kind === 'setting' ? values.find((name) => name === item.value.name) : undefined;
    return known === undefined ? null : { value: known, span: first.get(setting)!.span };
  };
  return {
    model: value('model', MODELS),
    modelStated: first.has('model'),
    reduction: value('reduction', REDUCTIONS)?.value ?? 'sum_by_nonzero_weights',
    math: value<MathMode>('math', ['strict', 'fast'])?.value ?? 'strict',
  };
}

function checkValue({ setting, value }: SettingItem, reporter: Reporter): void {
  const values = VALUES[setting];
  if (value.name === '' || values.includes(value.name)) return;
  const { suffix, fix } = didYouMeanFix(value, values);
  const hint = `It can be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}.`;
  reporter.report({ code: 'GL2006', span: value.span, message: `unknown ${setting} '${value.name}'${suffix}`, label: `unknown ${setting}`, hint, fix }, null);
}

/**
 * Reads `weight_clip 0.01`.
 * @param evaluate gives the value of an expression
 */
export function readWeightClip(file: File, reporter: Reporter, evaluate: (expr: Expr) => Value): number | null {
  const item = file.items.find((other) => other.kind === 'weight_clip');
  if (item === undefined) return null;
  const { span } = item.value;
  const value = evaluate(item.value);
  if (value.kind === 'error') return null;
  if (value.kind !== 'number') {
    reporter.report({ code: 'GL3004', span, message: `weight_clip must be a number, not ${describe(value)}`, label: describe(value), hint: 'Write weight_clip 0.01.' }, null);
    return null;
  }
  if (Number.isFinite(value.value) && value.value > 0) return value.value;
  reporter.report({ code: 'GL3013', span, message: `weight_clip must be a number above 0, not ${value.value}`, label: 'out of range' }, null);
  return null;
}

/** TF-GAN's `tensor_pool`: size 50, and every second fake from the pool. */
const POOL_DEFAULTS = { size: 50, probability: 0.5 } as const;

/**
 * Reads `pool tensor_pool(size: 50, probability: 0.5)`.
 * @param evaluate gives the value of an argument
 */
export function readPool(file: File, reporter: Reporter, evaluate: (expr: Expr) => Value): PoolSetting | null {
  const item = file.items.find((other) => other.kind === 'pool');
  if (item === undefined || item.value.kind === 'missing') return null;
  const { value: written, span } = item;
  const callee = written.kind === 'call' ? written.callee : written;
  if (callee.kind === 'missing') return null;
  if (callee.kind !== 'name' || callee.name !== 'tensor_pool') {
    if (callee.kind === 'name') {
      const { suffix, fix } = didYouMeanFix(callee, ['tensor_pool']);
      reporter.report({ code: 'GL2002', span: callee.span, message: `unknown pool '${callee.name}'${suffix}`, label: 'unknown pool', hint: 'Write pool tensor_pool(size: 50, probability: 0.5).', fix }, null);
    } else reporter.report({ code: 'GL3004', span: written.span, message: 'a pool must be a call of tensor_pool', label: 'not a pool', hint: 'Write pool tensor_pool(size: 50, probability: 0.5).' }, null);
    return null;
  }
  const args: readonly EvaluatedArg[] =
    written.kind === 'call' ? written.args.map((arg) => ({ name: arg.name, value: evaluate(arg.value), span: arg.span, valueSpan: arg.value.span })) : [];
  const formals = [{ name: 'size', required: false }, { name: 'probability', required: false }];
  const bound = bindArguments({ owner: "'tensor_pool'", formals }, args, written.span, (problem) => reporter.report(problem, null));
  if (bound === null) return null;
  const numberOf = (name: keyof typeof POOL_DEFAULTS, accepts: (value: number) => boolean, range: string): number | null => {
    const arg = bound.get(name)?.[0];
    if (arg === undefined) return POOL_DEFAULTS[name];
    if (arg.value.kind === 'error') return null;
    if (arg.value.kind !== 'number') {
      reporter.report({ code: 'GL3004', span: arg.valueSpan, message: `the pool's ${name} must be a number, not ${describe(arg.value)}`, label: describe(arg.value) }, null);
      return null;
    }
    if (accepts(arg.value.value)) return arg.value.value;
    reporter.report({ code: 'GL3013', span: arg.valueSpan, message: `the pool's ${name} must be ${range}, not ${arg.value.value}`, label: 'out of range' }, null);
    return null;
  };
  const size = numberOf('size', (value) => Number.isInteger(value) && value >= 0, 'a whole number of at least 0');
  const probability = numberOf('probability', (value) => value >= 0 && value <= 1, 'between 0 and 1');
  return size === null || probability === null ? null : { size, probability, span };
}
