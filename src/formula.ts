import type { Player } from './dsl/ast.ts';
import { updaterOf } from './dsl/statesOf.ts';
import type { Summand, TypedObjective } from './dsl/typed.ts';
import { NOTATIONS, type Notation, type NotationName } from './formula/notation.ts';
import { createFormulaWriter } from './formula/writeFormula.ts';

export interface Formula {
  /** `E[D(fake)] − E[D(real)] + 10·gp` */
  readonly loss: string;
  /** `gp = E[…]`, `α ~ U[0, 1) per sample`: everything that the loss refers to by name. */
  readonly definitions: readonly string[];
}

/** A player's loss as a formula: adversarial terms written out, the others by name with a definition each. */
export function formulaOf(objective: TypedObjective, player: Player, notationName: NotationName): Formula {
  const notation = NOTATIONS[notationName];
  const own = objective.summands.filter((summand) => summand.player === player);
  const updates = own.flatMap(({ instance }) => (updaterOf(objective, instance) === player ? instance.updates : []));
  const clauses = [...own.flatMap(({ instance, weight }) => [instance.clauses[player], weight]), ...updates.map(({ value }) => value)].filter((expr) => expr !== null);
  const writer = createFormulaWriter(notation, clauses);
  const terms: string[] = [];
  const parts = own.map((summand) => {
    const clause = summand.instance.clauses[player];
    if (clause === null) return '0';
    const { every } = summand.instance;
    const inline = summand.instance.adversarial[player] && isPlainOne(summand) && every === 1;
    if (inline) return writer.write(clause);
    const name = notation.name(summand.instance.label);
    terms.push(`${name} = ${writer.write(clause)}${every === 1 ? '' : notation.everySteps(every)}`);
    return weighted(summand, name, notation, (expr) => writer.write(expr));
  });
  const loss = parts.length === 0 ? '0' : parts.reduce((left, right) => (right.startsWith(notation.minus) ? `${left} ${notation.minus} ${right.slice(notation.minus.length)}` : `${left} + ${right}`));
  const next = updates.map(({ state, value }) => `${notation.name(state.name)}${notation.becomes}${writer.write(value)}`);
  return { loss, definitions: [...terms, ...next, ...writer.definitions()] };
}

function isPlainOne({ weight }: Summand): boolean {
  return weight.kind === 'constant' && weight.value === 1;
}

function weighted(summand: Summand, name: string, notation: Notation, write: (expr: Summand['weight']) => string): string {
  if (isPlainOne(summand)) return name;
  const weight = write(summand.weight);
  const needsGroup = summand.weight.kind === 'binary' && (summand.weight.fn === 'add' || summand.weight.fn === 'subtract');
  return `${needsGroup ? notation.group(weight) : weight}${notation.times}${name}`;
}

/** Both losses as a LaTeX `align*` block. */
export function latexOf(objective: TypedObjective): string {
  const players: readonly (readonly [Player, string])[] = [
    ['discriminator', 'L_D'],
    ['generator', 'L_G'],
  ];
  const lines: string[] = [];
  for (const [player, symbol] of players) {
    const { loss, definitions } = formulaOf(objective, player, 'latex');
    lines.push(`${symbol} &= ${loss}`);
    for (const definition of definitions) {
      const line = definition.replace(/ (=|\\sim|\\leftarrow) /, ' &$1 ');
      if (!lines.includes(line)) lines.push(line);
    }
  }
  return `\\begin{align*}\n${lines.map((line) => `  ${line}`).join(' \\\\\n')}\n\\end{align*}\n`;
}
