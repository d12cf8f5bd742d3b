import type { Span } from '../../support/source.ts';
import type { Ident } from '../ast.ts';
import { MODEL_NAMES, NETWORK_NAMES } from '../typed.ts';
import { FUNCTIONS, isFunctionName, type FunctionName } from './functions/functions.ts';
import { isModelName, isNetworkName } from './models.ts';
import { nameSpanOf, type Definition, type Local, type TermDefinition } from './module.ts';
import { didYouMeanFix, EVERY } from './names.ts';
import { report, type CheckState, type Scope } from './state.ts';
import type { ModelName, NetworkName } from '../typed.ts';

/** What a name means where it stands. */
export type Meaning =
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'definition'; readonly definition: Definition }
  | { readonly kind: 'model'; readonly name: ModelName }
  | { readonly kind: 'network'; readonly name: NetworkName }
  | { readonly kind: 'every' }
  | { readonly kind: 'function'; readonly name: FunctionName };

/** Innermost first; null for an unknown name. */
export function lookUp(state: CheckState, scope: Scope, name: string): Meaning | null {
  const local = scope.locals.get(name);
  if (local !== undefined) return { kind: 'local', local };
  const definition = scope.module.definitions.get(name) ?? state.prelude.get(name);
  if (definition !== undefined) {
    scope.module.used.add(name);
    if (scope.module.ambiguous.has(name)) return { kind: 'definition', definition: { kind: 'broken', nameSpan: nameSpanOf(definition) } };
    return { kind: 'definition', definition };
  }
  if (isModelName(name)) return { kind: 'model', name };
  if (isNetworkName(name)) return { kind: 'network', name };
  if (name === EVERY) return { kind: 'every' };
  return isFunctionName(name) ? { kind: 'function', name } : null;
}

/**
 * Reports an unknown name: as a term where a term would stand, else as a name.
 * @param whole the expression that is shown as wrong, with a label at the name, where the name alone says too little
 */
export function reportUnknown(state: CheckState, scope: Scope, name: Ident, called: boolean, whole: Span = name.span): void {
  const spent = state.suggestible <= 0;
  const terms = spent ? [] : termNames(state, scope);
  const values = spent ? [] : valueNames(scope);
  const likely = spent ? [] : candidates(scope, terms, values, called);
  state.suggestible -= likely.length;
  const { suffix, fix, best } = didYouMeanFix(name, likely);
  const asTerm = scope.position === 'objective' || (scope.position === 'guess' && best !== undefined && terms.includes(best));
  if (asTerm) {
    const hint = suffix === '' && !spent && terms.length <= MAX_LISTED ? `Terms: ${[...new Set(terms)].sort().join(', ')}.` : undefined;
    report(state, scope, { code: 'GL2001', span: name.span, message: `unknown term '${name.name}'${suffix}`, label: 'unknown term', hint, fix });
    return;
  }
  const what = called && scope.inTerm ? 'function' : 'name';
  const hint = suffix === '' && !scope.inTerm && !called ? `Declare it: 'param ${name.name} = 1' or 'let ${name.name} = 1'.` : undefined;
  const message = `unknown ${what} '${name.name}'${suffix}`;
  const label = `unknown ${what}`;
  const place = whole === name.span ? { span: whole, label } : { span: whole, labels: [{ span: name.span, message: label }] };
  report(state, scope, { code: 'GL2002', ...place, message, hint, fix });
}

/** What could have been meant, by where the name stands: a term's body has no use for terms, a call none for numbers. */
function candidates(scope: Scope, terms: readonly string[], values: readonly string[], called: boolean): readonly string[] {
  const callable = [...Object.keys(FUNCTIONS), ...(scope.inTerm ? [] : [EVERY])];
  if (scope.position === 'objective') return [...terms, ...values];
  if (called) return scope.inTerm ? [...callable, ...NETWORK_NAMES] : [...callable, ...terms];
  return scope.inTerm ? values : [...values, ...terms];
}

/** Longer lists of names help nobody. */
const MAX_LISTED = 40;

function termNames(state: CheckState, scope: Scope): readonly string[] {
  const own = [...scope.module.definitions].filter(([, definition]) => definition.kind === 'term' || definition.kind === 'let').map(([name]) => name);
  return [...own, ...state.prelude.keys()];
}

function valueNames(scope: Scope): readonly string[] {
  const own = [...scope.module.definitions].filter(([, definition]) => definition.kind !== 'term').map(([name]) => name);
  return [...scope.locals.keys(), ...own, ...(scope.inTerm ? [...MODEL_NAMES, ...NETWORK_NAMES] : [])];
}

/** Whether a definition is a term that can be called. */
export const isTerm = (meaning: Meaning | null): meaning is { readonly kind: 'definition'; readonly definition: TermDefinition } =>
  meaning?.kind === 'definition' && meaning.definition.kind === 'term';
