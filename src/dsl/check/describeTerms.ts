import type { Expr, Player, TermItem, TermModifier } from '../ast.ts';
import { MODELS, type Model, type TermDoc } from '../typed.ts';
import { check } from './check.ts';
import type { PreludeFile } from './modules.ts';
import { createSource } from '../../support/source.ts';
import { termDoc } from './termDoc.ts';

export interface FormalDescription {
  readonly name: string;
  /** As written; null for an argument that must be given. */
  readonly default: string | null;
}

export interface TermDescription {
  readonly name: string;
  /** Its arguments, with their defaults as written. */
  readonly formals: readonly FormalDescription[];
  readonly doc: TermDoc;
  readonly modifier: TermModifier | null;
  /** The models that it is available in. */
  readonly models: readonly Model[];
  /** The players that it has a part for. */
  readonly players: readonly Player[];
}

/** What a file of terms offers, each term with its defaults; terms that need arguments are left out. */
export function describeTerms(prelude: PreludeFile): readonly TermDescription[] {
  return prelude.file.items.filter((item) => item.kind === 'term').map((item) => describeTerm(item, prelude));
}

function describeTerm(item: TermItem, prelude: PreludeFile): TermDescription {
  const name = item.name.name;
  return {
    name,
    formals: item.formals.map((formal) => ({ name: formal.name.name, default: formal.default === null ? null : textOf(formal.default) })),
    doc: termDoc(item.doc),
    modifier: item.modifier,
    models: MODELS.filter((model) => objectiveIn(name, model, prelude) !== null),
    players: (['discriminator', 'generator'] as const).filter((player) => objectiveIn(`${name}.${player}`, null, prelude) !== null),
  };
}

/** Asking the checker itself keeps the description true. */
function objectiveIn(text: string, model: Model | null, prelude: PreludeFile) {
  const stated = model === null ? '' : `model ${model}\n`;
  const source = createSource('<description>', `${stated}objective = ${text}`);
  return check(source, { prelude: [prelude], resolveImport: () => null }).objective;
}

const textOf = (expr: Expr): string => expr.span.source.text.slice(expr.span.start, expr.span.end);
