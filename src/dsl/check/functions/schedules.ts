import type { ScheduleFunction } from '../../../support/schedules.ts';
import { ERROR, tensorValue } from '../values.ts';
import { required, type FunctionArgs, type FunctionCall, type FunctionSpec } from './spec.ts';

/** Reports an argument that is not finite, or that must be a number of steps and is none; whether it did. */
function refuse(args: FunctionArgs, call: FunctionCall, name: string, least: number | null): boolean {
  const value = args.number(name);
  if (Number.isFinite(value) && (least === null || (Number.isInteger(value) && value >= least))) return false;
  const wanted = least === null ? 'finite' : `a whole number of at least ${least}`;
  call.reportValue(args.value(name), args.span(name), { code: 'GL3013', message: `'${name}' of '${call.name}' must be ${wanted}, not ${value}`, label: 'out of range' });
  return true;
}

/** @param formals each argument, and the least number of steps it may be; null for any finite number */
function schedule(fn: ScheduleFunction, formals: readonly (readonly [name: string, least: number | null])[], summary: string): FunctionSpec {
  return {
    formals: formals.map(([name]) => required(name, 'number')),
    summary,
    build(args, call) {
      const refused = formals.filter(([name, least]) => refuse(args, call, name, least));
      if (refused.length > 0) return ERROR;
      return tensorValue({ kind: 'schedule', fn, args: formals.map(([name]) => args.number(name)), type: 'scalar', span: call.span });
    },
  };
}

const RAMP = [['from', null], ['to', null], ['steps', 1]] as const;

export const SCHEDULES = {
  linear: schedule('linear', RAMP, 'a scalar that goes from `from` to `to` on a straight line in so many steps, and stays there'),
  cosine: schedule('cosine', RAMP, 'a scalar that goes from `from` to `to` on half a wave of a cosine in so many steps, and stays there'),
  after: schedule('after', [['n', 0]], '0 in the first n steps, 1 from then on'),
} as const satisfies Record<string, FunctionSpec>;
