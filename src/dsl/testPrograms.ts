import fc from 'fast-check';
import type { Arg, BinaryOperator, Expr, File, Formal, Ident, Item } from './ast.ts';
import { BINDING } from './precedence.ts';

// Random programs for property tests: trees, their text with every parenthesis written, and texts with noise between tokens.

const nowhere = { source: { name: 'test', text: '' }, start: 0, end: 0 };

const WORDS = ['gp', 'wasserstein', 'real', 'fake', 'x', 'e5', '_', 'lambda', 'pool', 'from', 'auxiliary', 'nonnegative', 'state', 'update', 'a_rather_long_name_that_makes_lines_break'];
const word = fc.constantFrom(...WORDS);
const ident = word.map((name): Ident => ({ name, span: nowhere }));
/** Keywords are names after a dot and before an argument's colon. */
const looseIdent = fc.constantFrom(...WORDS, 'generator', 'discriminator', 'model', 'weight_clip', 'input', 'let').map((name): Ident => ({ name, span: nowhere }));

const number = fc.constantFrom('0', '1', '10', '1e-10', '.5', '1_000', '1.5e0', '2.25', '1E+3').map((text): Expr => ({ kind: 'number', text, value: Number(text.replaceAll('_', '')), span: nowhere }));
const text = fc.oneof(fc.constantFrom('', 'a"b', 'back\\slash', 'tab\tline\nend\r', '// no comment', '🎯'), fc.string()).map((value): Expr => ({ kind: 'string', value, span: nowhere }));
const leaf: fc.Arbitrary<Expr> = fc.oneof(
  { weight: 4, arbitrary: word.map((name): Expr => ({ kind: 'name', name, span: nowhere })) },
  { weight: 3, arbitrary: number },
  text,
  fc.boolean().map((value): Expr => ({ kind: 'boolean', value, span: nowhere })),
  fc.constant<Expr>({ kind: 'none', span: nowhere }),
);

const LITERALS: ReadonlySet<Expr['kind']> = new Set(['number', 'string', 'boolean', 'none']);

const operators = Object.keys(BINDING) as BinaryOperator[];

const { expr } = fc.letrec<{ expr: Expr; arg: Arg }>((tie) => ({
  arg: fc.record({ name: fc.option(looseIdent, { nil: null }), value: tie('expr'), span: fc.constant(nowhere) }),
  expr: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    leaf,
    fc.tuple(tie('expr'), looseIdent).map(([object, member]): Expr => ({ kind: 'member', object, member, span: nowhere })),
    // a literal is never called
    fc.tuple(tie('expr'), fc.array(tie('arg'), { maxLength: 4 })).map(([callee, args]): Expr => (LITERALS.has(callee.kind) ? callee : { kind: 'call', callee, args, span: nowhere })),
    fc.tuple(fc.constantFrom('-', '!'), tie('expr')).map(([operator, operand]): Expr => ({ kind: 'unary', operator, operand, span: nowhere })),
    fc.tuple(fc.constantFrom(...operators), tie('expr'), tie('expr')).map(([operator, left, right]): Expr => ({ kind: 'binary', operator, operatorSpan: nowhere, left, right, span: nowhere })),
    fc.tuple(tie('expr'), tie('expr'), tie('expr')).map(([condition, whenTrue, whenFalse]): Expr => ({ kind: 'conditional', condition, whenTrue, whenFalse, span: nowhere })),
  ),
}));

const doc = fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, fc.array(fc.constantFrom('', 'What it is.', ' indented', '/ a slash', '@paper Somebody, 2017'), { maxLength: 3 }));
const base = { doc, span: fc.constant(nowhere) };
const formal: fc.Arbitrary<Formal> = fc.record({ name: ident, default: fc.option(expr, { nil: null }), span: fc.constant(nowhere) });
const letItem = fc.record({ kind: fc.constant('let' as const), name: ident, value: expr, ...base });
const stateMember = fc.record({ kind: fc.constantFrom('state' as const, 'update' as const), name: ident, value: expr, ...base });
const clause = fc.record({ kind: fc.constant('clause' as const), player: fc.constantFrom('generator' as const, 'discriminator' as const), playerSpan: fc.constant(nowhere), value: expr, ...base });

/** Not in parentheses: `pool (x)` is a call. */
const poolValue = fc.tuple(word, fc.array(looseIdent, { maxLength: 2 }), fc.option(fc.array(fc.record({ name: fc.option(looseIdent, { nil: null }), value: expr, span: fc.constant(nowhere) }), { maxLength: 3 }), { nil: null })).map(([name, members, args]): Expr => {
  const path = members.reduce<Expr>((object, member) => ({ kind: 'member', object, member, span: nowhere }), { kind: 'name', name, span: nowhere });
  return args === null ? path : { kind: 'call', callee: path, args, span: nowhere };
});

const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant('import' as const), names: fc.array(ident, { maxLength: 3 }), from: fc.record({ path: fc.constantFrom('./a.ganloss', 'q"uote'), span: fc.constant(nowhere) }), ...base }),
  fc.record({ kind: fc.constant('setting' as const), setting: fc.constantFrom('model' as const, 'reduction' as const, 'math' as const), value: fc.oneof(ident, fc.constant({ name: 'none', span: nowhere })), ...base }),
  fc.record({ kind: fc.constant('pool' as const), value: poolValue, ...base }),
  fc.record({ kind: fc.constant('weight_clip' as const), value: expr, ...base }),
  fc.record({ kind: fc.constant('param' as const), name: ident, value: expr, ...base }),
  fc.record({ kind: fc.constant('input' as const), name: ident, ...base }),
  letItem,
  fc.record({
    kind: fc.constant('term' as const), modifier: fc.constantFrom(null, 'auxiliary' as const, 'nonnegative' as const), name: ident, formals: fc.array(formal, { maxLength: 3 }),
    body: fc.oneof(
      expr.map((value) => ({ kind: 'terms' as const, value })),
      fc.array(fc.oneof(letItem, stateMember, clause), { maxLength: 4 }).map((members) => ({ kind: 'tensors' as const, members, span: nowhere })),
    ),
    ...base,
  }),
  fc.record({ kind: fc.constant('objective' as const), explicit: fc.constant(true), value: expr, ...base }),
);

/** A file without comments. Only its first item may be an objective without `objective =`: after another expression it could be read as a part of that. */
export const specFile: fc.Arbitrary<File> = fc
  .tuple(fc.option(fc.record({ kind: fc.constant('objective' as const), explicit: fc.constant(false), value: expr, ...base }), { nil: null }), fc.array(item, { maxLength: 6 }))
  .map(([first, items]): File => ({ kind: 'file', items: first === null ? items : [first, ...items], comments: [], span: nowhere }));

/** The text of a file with every parenthesis written. */
export function fileText(file: File): string {
  return file.items.map(itemText).join('\n');
}

function docText(lines: readonly string[]): string {
  return lines.map((entry) => `/// ${entry}\n`).join('');
}

function itemText(entry: Item): string {
  return docText(entry.doc) + bareItemText(entry);
}

function bareItemText(entry: Item): string {
  switch (entry.kind) {
    case 'import':
      return `import { ${entry.names.map(({ name }) => name).join(', ')} } from ${quoted(entry.from.path)}`;
    case 'setting':
      return `${entry.setting} ${entry.value.name}`;
    case 'weight_clip':
      return `weight_clip ${exprText(entry.value)}`;
    case 'pool':
      return `pool ${poolText(entry.value)}`;
    case 'param':
    case 'let':
      return `${entry.kind} ${entry.name.name} = ${exprText(entry.value)}`;
    case 'input':
      return `input ${entry.name.name}`;
    case 'term': {
      const head = `${entry.modifier ?? ''} term ${entry.name.name}(${entry.formals.map(formalText).join(', ')})`;
      if (entry.body.kind === 'terms') return `${head} = ${exprText(entry.body.value)}`;
      return `${head} {\n${entry.body.members.map((member) => `${docText(member.doc)}${`${member.kind === 'clause' ? member.player : `${member.kind} ${member.name.name}`} = ${exprText(member.value)}`}\n`).join('')}}`;
    }
    case 'objective':
      return entry.explicit ? `objective = ${exprText(entry.value)}` : `(${exprText(entry.value)})`;
  }
}

function poolText(value: Expr): string {
  if (value.kind === 'member') return `${poolText(value.object)}.${value.member.name}`;
  if (value.kind === 'call') return poolText(value.callee) + exprText(value).slice(exprText(value.callee).length + 2);
  return exprText(value);
}

function formalText({ name, default: value }: Formal): string {
  return value === null ? name.name : `${name.name} = ${exprText(value)}`;
}

function exprText(node: Expr): string {
  const inner = (child: Expr): string => `(${exprText(child)})`;
  switch (node.kind) {
    case 'number':
      return node.text;
    case 'string':
      return quoted(node.value);
    case 'boolean':
      return String(node.value);
    case 'none':
      return 'none';
    case 'name':
      return node.name;
    case 'member':
      return `${inner(node.object)}.${node.member.name}`;
    case 'call':
      return `${inner(node.callee)}(${node.args.map((arg) => (arg.name === null ? '' : `${arg.name.name}: `) + exprText(arg.value)).join(', ')})`;
    case 'unary':
      return `${node.operator}${inner(node.operand)}`;
    case 'binary':
      return `${inner(node.left)} ${node.operator} ${inner(node.right)}`;
    case 'conditional':
      return `${inner(node.condition)} ? ${inner(node.whenTrue)} : ${inner(node.whenFalse)}`;
    case 'missing':
      throw new Error('a program without mistakes has no holes');
  }
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}"`;
}

const NOISE = [' ', '  ', '\n', '\n\n\n', '\r\n', '\t', ' // note\n', '\n// note\n', ' /* note */ ', ' /**/', '\n/* two\n lines */\n', '\n/* own */ ', '\n/// doc?\n', ' /// doc?\n', '\n\n//// four\n'];
const TOKEN = /\/\/\/?[^\n]*\n|"(?:[^"\\]|\\.)*"|(?:\d|\.\d)(?:[eE][+-]|[\w.])*|\w+|\|\||&&|[=!<>]=|[^\s]/g;

/** The text with other blanks, and comments, between its tokens; none where it would change the meaning: around a dot and in doc comments. */
export function scatter(program: string): fc.Arbitrary<string> {
  const tokens = program.match(TOKEN) ?? [];
  const fixed = (index: number): boolean => tokens[index]!.startsWith('///') || tokens[index] === '.' || tokens[index + 1]?.startsWith('///') === true;
  return fc.array(fc.oneof({ weight: 6, arbitrary: fc.constant(' ') }, fc.constantFrom(...NOISE)), { minLength: tokens.length + 1, maxLength: tokens.length + 1 })
    .map((noise) => noise[0] + tokens.map((token, index) => token + (fixed(index) ? (tokens[index + 1]?.startsWith('///') ? '\n' : '') : noise[index + 1])).join(''));
}
