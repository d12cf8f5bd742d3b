import type { Callee } from '../../codegen/tfjs/callees.ts';
import type { Block, Expression, LossFunction, Statement } from '../../codegen/tfjs/program.ts';

/** Networks of a program that something holds of, by the program's names (D, Dx, Dy). */
export type NetworkNames = ReadonlySet<string>;

/** Functions that take logits, and which argument is one. */
const LOGIT_ARGUMENTS: { readonly [C in Callee]?: number } = { sigmoidCrossEntropy: 1, 'tf.softplus': 0, 'tf.sigmoid': 0 };

/** Functions that make logits of logits. */
const AFFINE: ReadonlySet<Callee> = new Set(['tf.neg', 'tf.add', 'tf.sub', 'tf.mul', 'tf.div', 'tf.mean', 'tf.sum', 'tf.reshape', 'tf.concat', 'broadcastLike', 'broadcastLeading', 'stopGradient']);

/** The expressions that stand in one. */
function parts(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
    case 'each':
    case 'network':
      return expression.args;
    case 'head':
      return [expression.object];
    case 'every':
      return inBlock(expression.body);
    case 'gradient':
      return [...inBlock(expression.body), expression.at];
    default:
      return [];
  }
}

function inBlock({ statements, result }: Block): readonly Expression[] {
  return [...statements.map(({ value }) => value), result];
}

/** An expression and all that stand in it. */
function within(expression: Expression): readonly Expression[] {
  return [expression, ...parts(expression).flatMap(within)];
}

function allOf({ statements, outputs }: LossFunction): readonly Expression[] {
  return [...statements, ...outputs].flatMap(({ value }) => within(value));
}

/** The networks that are differentiated by what they take, as a gradient penalty does. */
export function penalisedNetworks(loss: LossFunction): NetworkNames {
  const bodies = allOf(loss).flatMap((expression) => (expression.kind === 'gradient' ? inBlock(expression.body) : []));
  return new Set(bodies.flatMap(within).flatMap((expression) => (expression.kind === 'network' ? [expression.network] : [])));
}

/** The networks whose first output goes where logits are expected. */
export function logitNetworks(loss: LossFunction): NetworkNames {
  const values = new Map(statementsOf(loss).map(({ name, value }) => [name, value]));
  const found = new Set<string>();
  const follow = (expression: Expression | undefined): void => {
    if (expression?.kind === 'local') follow(values.get(expression.name));
    else if (expression?.kind === 'network' && expression.outputs === 'single') found.add(expression.network);
    else if (expression?.kind === 'head' && expression.head === null) follow(allOutputs(expression.object));
    else if (expression?.kind === 'call' && AFFINE.has(expression.callee)) expression.args.forEach(follow);
  };
  const allOutputs = (expression: Expression): Expression | undefined => {
    const value = expression.kind === 'local' ? values.get(expression.name) : expression;
    return value?.kind === 'network' ? { ...value, outputs: 'single' } : undefined;
  };
  for (const expression of allOf(loss)) {
    if (expression.kind !== 'call' && expression.kind !== 'each') continue;
    const position = LOGIT_ARGUMENTS[expression.callee];
    if (position !== undefined) follow(expression.args[position]);
  }
  return found;
}

function statementsOf(loss: LossFunction): readonly Statement[] {
  const nested = allOf(loss).flatMap((expression) => (expression.kind === 'every' || expression.kind === 'gradient' ? expression.body.statements : []));
  return [...loss.statements, ...nested];
}
