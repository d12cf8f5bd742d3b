import type { ModelName, TypedExpr } from '../typed.ts';
import { childrenOf, nodesOf } from '../childrenOf.ts';

/** What the model makes a value from: `fake` is G(z), or G(x, target) in a stargan. */
const MADE_FROM: { readonly [N in ModelName]?: readonly ModelName[] } = {
  fake: ['z', 'codes', 'x', 'target'],
  reconstructed: ['fake', 'label', 'x', 'target'],
};

/** The operands that an expression's value varies with, so that a derivative can flow through. */
function varyingOperands(expr: TypedExpr): readonly TypedExpr[] {
  switch (expr.kind) {
    case 'unary':
      return expr.fn === 'stop_gradient' || expr.fn === 'ones_like' || expr.fn === 'zeros_like' || expr.fn === 'not' ? [] : [expr.operand];
    case 'draw':
    case 'weights':
      return [];
    case 'apply':
      return expr.fn === 'identity_like' || expr.fn === 'descending_rank' ? [] : expr.args;
    case 'binary':
      return expr.type === 'boolean' ? [] : [expr.left, expr.right];
    case 'select':
      return [expr.whenTrue, expr.whenFalse];
    case 'grad':
      return [expr.of];
    default:
      return childrenOf(expr);
  }
}

/** Whether `expr` varies with `variable`: with that very node, or with something the model makes from it. */
export function dependsOn(expr: TypedExpr, variable: TypedExpr): boolean {
  return nodesOf([expr], varyingOperands).some(
    (node) => node === variable || (node.kind === 'model' && variable.kind === 'model' && MADE_FROM[node.name]?.includes(variable.name) === true),
  );
}

/** Whether a clause judges by the discriminator's first output, other than through its gradient. */
export function judges(clause: TypedExpr): boolean {
  const operands = (expr: TypedExpr) => (expr.kind === 'grad' ? [] : varyingOperands(expr));
  return nodesOf([clause], operands).some((node) => node.kind === 'network' && isDiscriminator(node.network) && node.head === null);
}

/** Whether a discriminator's clause judges real and generated data by one and the same head: as a classifier with a class for fakes does. */
export function contrasts(clause: TypedExpr): boolean {
  const judged = (made: boolean) => new Set(nodesOf([clause], varyingOperands).flatMap((node) => (node.kind === 'network' && node.head !== null && node.args.some(isMade) === made ? [`${node.network}.${node.head}`] : [])));
  const [real, generated] = [judged(false), judged(true)];
  return [...real].some((head) => generated.has(head));
}

const isMade = (expr: TypedExpr): boolean => nodesOf([expr]).some((node) => node.kind === 'model' && MADE_FROM[node.name] !== undefined);

const isDiscriminator = (network: string): boolean => network === 'D' || network === 'Dx' || network === 'Dy';

/**
 * Whether an expression's rank, other than 0, comes from nothing but losses reduced with reduction `none`:
 * TF-GAN lets such losses through to the sum.
 */
export function isUnreducedLoss(expr: TypedExpr): boolean {
  return nodesOf([expr], arithmeticOperands).every(
    (node) => node.type === 'scalar' || arithmeticOperands(node).length > 0 || (node.kind === 'reduce' && node.reduction === 'none'),
  );
}

function arithmeticOperands(node: TypedExpr): readonly TypedExpr[] {
  if (node.type === 'scalar' || node.type === 'boolean') return [];
  if (node.kind === 'unary') return node.fn === 'ones_like' || node.fn === 'zeros_like' ? [] : [node.operand];
  return node.kind === 'binary' ? [node.left, node.right] : [];
}
