import type { Span } from '../../support/source.ts';
import { didYouMeanFix } from './names.ts';
import type { Ident } from '../ast.ts';
import type { Problem } from './reporter.ts';
import type { Value } from './values.ts';

/** An argument of a call, evaluated. */
export interface EvaluatedArg {
  readonly name: Ident | null;
  readonly value: Value;
  readonly span: Span;
  readonly valueSpan: Span;
}

export interface BindTarget {
  /** What messages call it: "'gp'", "'lerp'". */
  readonly owner: string;
  readonly formals: readonly { readonly name: string; readonly required: boolean }[];
  /** Whether the last formal takes all further positional arguments. */
  readonly variadic?: boolean;
}

/** Formal → its arguments (several only for a variadic one). Null after a problem was reported. */
export type Bound = ReadonlyMap<string, readonly EvaluatedArg[]>;

/** Gives each formal its argument: positional ones first, named ones after. */
export function bindArguments(target: BindTarget, args: readonly EvaluatedArg[], callSpan: Span, report: (problem: Problem) => void): Bound | null {
  const bound = new Map<string, EvaluatedArg[]>();
  const { formals, owner } = target;
  let failed = false;
  const fail = (problem: Problem) => {
    failed = true;
    report(problem);
  };

  let position = 0;
  let surplus = false;
  let named: Ident | null = null;
  for (const arg of args) {
    if (arg.name !== null) {
      named = arg.name;
      bindNamed(arg, arg.name);
      continue;
    }
    if (named !== null) {
      const hint = 'Write positional arguments first, or name this one.';
      fail({ code: 'GL3005', span: arg.span, message: 'a positional argument after a named one', labels: [{ span: named.span, message: 'named here' }], hint });
      continue;
    }
    const formal = formals[position] ?? (target.variadic ? formals.at(-1) : undefined);
    position += 1;
    if (formal !== undefined) bound.set(formal.name, [...(bound.get(formal.name) ?? []), arg]);
    else if (!surplus) {
      surplus = true;
      fail({ code: 'GL3005', span: arg.span, message: `too many arguments for ${owner}`, label: 'one too many', hint: listFormals(target) });
    }
  }

  function bindNamed(arg: EvaluatedArg, name: Ident): void {
    if (!formals.some((formal) => formal.name === name.name)) {
      const { suffix, fix } = didYouMeanFix(name, formals.map((formal) => formal.name));
      fail({ code: 'GL2003', span: name.span, message: `${owner} has no argument '${name.name}'${suffix}`, label: 'unknown argument', hint: listFormals(target), fix });
      return;
    }
    const before = bound.get(name.name)?.[0];
    if (before === undefined) {
      bound.set(name.name, [arg]);
      return;
    }
    const labels = [{ span: before.name?.span ?? before.span, message: 'first given here' }];
    fail({ code: 'GL2003', span: name.span, message: `the argument '${name.name}' is given twice`, label: 'given again', labels });
  }

  if (failed) return null;
  const missing = formals.filter((formal) => formal.required && !bound.has(formal.name)).map((formal) => `'${formal.name}'`);
  if (missing.length > 0) {
    const names = listed(missing);
    const what = `the argument${missing.length === 1 ? '' : 's'} ${names}`;
    report({ code: 'GL3005', span: callSpan, message: `${owner} needs ${what}`, label: `without ${names}`, hint: listFormals(target) });
    return null;
  }
  return bound;
}

function listFormals({ owner, formals }: BindTarget): string {
  if (formals.length === 0) return `${owner} takes no arguments.`;
  return `Arguments of ${owner}: ${listed(formals.map((formal) => formal.name))}.`;
}

const MAX_LISTED = 16;

const listed = (names: readonly string[]): string => (names.length > MAX_LISTED ? `${names.slice(0, MAX_LISTED).join(', ')}, …` : names.join(', '));
