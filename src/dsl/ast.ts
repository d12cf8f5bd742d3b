import type { Span } from '../support/source.ts';

/** The syntax tree of a `.ganloss` file. Nothing here is resolved; every node knows where it stands. */
export interface File {
  readonly kind: 'file';
  readonly items: readonly Item[];
  /** `//` and block comments in the order of the text; doc comments belong to their item. */
  readonly comments: readonly Comment[];
  readonly span: Span;
}

export interface Comment {
  readonly kind: 'comment';
  /** As written, with its `//` or `/* … *\/`. */
  readonly text: string;
  readonly span: Span;
}

export interface Ident {
  readonly name: string;
  readonly span: Span;
}

interface ItemBase {
  /** The lines of the `///` comment above the item, without the slashes and one following blank; empty without one. */
  readonly doc: readonly string[];
  /** From the item's first token (doc comment excluded) to its last. */
  readonly span: Span;
}

export type Item = ImportItem | SettingItem | PoolItem | WeightClipItem | ParamItem | InputItem | LetItem | TermItem | ObjectiveItem;

export interface ImportItem extends ItemBase {
  readonly kind: 'import';
  readonly names: readonly Ident[];
  readonly from: { readonly path: string; readonly span: Span };
}

export type SettingName = 'model' | 'reduction' | 'math';

export interface SettingItem extends ItemBase {
  readonly kind: 'setting';
  readonly setting: SettingName;
  readonly value: Ident;
}

export interface PoolItem extends ItemBase {
  readonly kind: 'pool';
  /** A call (`tensor_pool(size: 50)`), or whatever the user wrote in its place. */
  readonly value: Expr;
}

/** `weight_clip 0.01` */
export interface WeightClipItem extends ItemBase {
  readonly kind: 'weight_clip';
  readonly value: Expr;
}

export interface ParamItem extends ItemBase {
  readonly kind: 'param';
  readonly name: Ident;
  readonly value: Expr;
}

export interface InputItem extends ItemBase {
  readonly kind: 'input';
  readonly name: Ident;
}

export interface LetItem extends ItemBase {
  readonly kind: 'let';
  readonly name: Ident;
  readonly value: Expr;
}

/** How the weight of a term behaves; written before `term`. */
export type TermModifier = 'auxiliary' | 'nonnegative';

export interface TermItem extends ItemBase {
  readonly kind: 'term';
  readonly modifier: TermModifier | null;
  readonly name: Ident;
  readonly formals: readonly Formal[];
  readonly body: TermBody;
}

export interface Formal {
  readonly name: Ident;
  readonly default: Expr | null;
  readonly span: Span;
}

export type TermBody =
  | { readonly kind: 'terms'; readonly value: Expr }
  | { readonly kind: 'tensors'; readonly members: readonly TermMember[]; readonly span: Span };

/** What stands in the braces of a term's body. */
export type TermMember = LetItem | StateMember | UpdateMember | Clause;

/** `state k = 0`: a scalar that lives from step to step. */
export interface StateMember extends ItemBase {
  readonly kind: 'state';
  readonly name: Ident;
  readonly value: Expr;
}

/** `update k = …`: what a state is in the next step. */
export interface UpdateMember extends ItemBase {
  readonly kind: 'update';
  readonly name: Ident;
  readonly value: Expr;
}

export type Player = 'generator' | 'discriminator';

export interface Clause {
  readonly kind: 'clause';
  readonly player: Player;
  /** The span of the word `generator` or `discriminator`. */
  readonly playerSpan: Span;
  readonly value: Expr;
  readonly doc: readonly string[];
  readonly span: Span;
}

export interface ObjectiveItem extends ItemBase {
  readonly kind: 'objective';
  /** Whether `objective =` was written. */
  readonly explicit: boolean;
  readonly value: Expr;
}

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '^';
export type UnaryOperator = '-' | '!';

export type Expr =
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'none'; readonly span: Span }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'member'; readonly object: Expr; readonly member: Ident; readonly span: Span }
  | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Arg[]; readonly span: Span }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly operatorSpan: Span; readonly left: Expr; readonly right: Expr; readonly span: Span }
  | { readonly kind: 'conditional'; readonly condition: Expr; readonly whenTrue: Expr; readonly whenFalse: Expr; readonly span: Span }
  /** Where the parser found no expression; a diagnostic was reported, and checking stays silent about it. */
  | { readonly kind: 'missing'; readonly span: Span };

export interface Arg {
  readonly name: Ident | null;
  readonly value: Expr;
  readonly span: Span;
}
