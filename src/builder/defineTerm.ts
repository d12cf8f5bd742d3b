import { createTerm, type ObjectiveExpression, type TermArgument } from './objectiveExpression.ts';
import { callExpression, createFunctions, isExpression, nameExpression, type FunctionArgument, type LanguageFunctions, type TensorExpression, type TensorOperand } from './tensorExpression.ts';

/** A network by its name in the language: `D(real)`, and `D.head('classes')(real)` for a named head. */
export interface NetworkName {
  (...args: readonly FunctionArgument[]): TensorExpression;
  readonly head: (name: string) => (...args: readonly FunctionArgument[]) => TensorExpression;
}

/** What a term's body may refer to: the model's names, the networks, and every function of the language as `f`. */
export interface TermScope<F extends string> {
  readonly f: LanguageFunctions;
  readonly args: { readonly [Name in F]: TensorExpression };
  readonly D: NetworkName;
  readonly G: NetworkName;
  /** `real`, `fake`, `z`, `labels`, `x`, … */
  readonly name: (modelName: string) => TensorExpression;
}

export interface TermBody {
  readonly generator?: TensorOperand;
  readonly discriminator?: TensorOperand;
}

/**
 * A term written in TypeScript. It becomes a term of the language, so that everything that holds for one written there holds for
 * it: checking, positions (in the generated text), elimination, `explain`.
 *
 *     const r1 = defineTerm('r1', { gamma: 10 }, ({ f, D, name, args }) => {
 *       const real = name('real');
 *       return { discriminator: f.mean(f.sum_per_sample(f.grad(D(real), real).power(2))).times(args.gamma).over(2) };
 *     });
 *     compile(terms.modified().plus(r1({ gamma: 1 })));
 *
 * @param name an identifier of the language that is not taken
 * @param formals arguments with their defaults
 */
export function defineTerm<F extends string>(
  name: string,
  formals: { readonly [Name in F]: number | boolean },
  body: (scope: TermScope<F>) => TermBody,
): (args?: { readonly [Name in F]?: TermArgument }) => ObjectiveExpression {
  const names = Object.keys(formals) as F[];
  const args = Object.fromEntries(names.map((formal) => [formal, nameExpression(formal)])) as { readonly [Name in F]: TensorExpression };
  const definition = printTerm(name, formals, body({ f: createFunctions(), args, D: networkName('D'), G: networkName('G'), name: nameExpression }));
  return (given = {}) => createTerm(name, given, new Map([[name, definition]]));
}

function networkName(network: string): NetworkName {
  return Object.assign((...args: readonly FunctionArgument[]) => callExpression(network, args), {
    head: (head: string) => (...args: readonly FunctionArgument[]) => callExpression(`${network}.${head}`, args),
  });
}

function printTerm(name: string, formals: Readonly<Record<string, number | boolean>>, body: TermBody): string {
  const list = Object.entries(formals).map(([formal, value]) => `${formal} = ${value}`);
  const lets = new Map<TensorExpression, string>();
  const lines: string[] = [];
  const print = (operand: TensorOperand): string => {
    if (typeof operand === 'string') return JSON.stringify(operand);
    if (!isExpression(operand)) return String(operand);
    const known = lets.get(operand);
    if (known !== undefined) return known;
    const text = operand.write(print);
    // every node gets a name: objects used twice must stay one value, draws above all
    if (operand.operands.length === 0 && !text.includes('(')) return text;
    const own = `value_${lets.size + 1}`;
    lets.set(operand, own);
    lines.push(`  let ${own} = ${text}`);
    return own;
  };
  const printed = (['generator', 'discriminator'] as const).flatMap((player) => (body[player] === undefined ? [] : [`  ${player} = ${print(body[player])}`]));
  return [`term ${name}(${list.join(', ')}) {`, ...lines, ...printed, '}'].join('\n');
}
