import type { Source, Span } from '../../support/source.ts';
import type { File, InputItem, LetItem, ParamItem, StateMember, TermItem } from '../ast.ts';
import type { Value } from './values.ts';

/** A file that takes part in a compilation: the root, an import, or a part of the prelude. */
export interface Module {
  readonly kind: 'root' | 'import' | 'prelude';
  readonly source: Source;
  readonly file: File;
  /** The file's own names; the prelude's are known everywhere. */
  readonly definitions: Map<string, Definition>;
  /** Where the root file imports it, by whatever way; null for the root and the prelude. */
  readonly site: Span | null;
  /** Names that something refers to. */
  readonly used: Set<string>;
  /** Names that were reported as defined twice or taken: what they mean is open, and their uses stay silent. */
  readonly ambiguous: Set<string>;
  /** The same for the names inside a term. */
  readonly ambiguousLocals: Map<TermItem, Set<string>>;
}

export type Definition = LetDefinition | ParamDefinition | InputDefinition | TermDefinition | BrokenDefinition;

export interface LetDefinition {
  readonly kind: 'let';
  readonly item: LetItem;
  readonly module: Module;
}

export interface ParamDefinition {
  readonly kind: 'param';
  readonly item: ParamItem;
  readonly module: Module;
}

export interface InputDefinition {
  readonly kind: 'input';
  readonly item: InputItem;
  readonly module: Module;
}

export interface TermDefinition {
  readonly kind: 'term';
  readonly item: TermItem;
  readonly module: Module;
  /** Tells definitions of one name apart. */
  readonly id: number;
}

/** Something that was reported, such as an import that was not found: whatever refers to it stays silent. */
export interface BrokenDefinition {
  readonly kind: 'broken';
  readonly nameSpan: Span;
}

export const nameSpanOf = (definition: Definition): Span => (definition.kind === 'broken' ? definition.nameSpan : definition.item.name.span);

/** What a message calls a definition: "let", "term". */
export const nounOf = (definition: Definition): string => (definition.kind === 'broken' ? 'import' : definition.kind);

/** A name inside a term: an argument, or a let or state of its body (computed when it is first asked for). */
export type Local =
  | { readonly kind: 'formal'; readonly value: Value; readonly span: Span }
  | { readonly kind: 'let'; readonly item: LetItem }
  | { readonly kind: 'state'; readonly item: StateMember };
