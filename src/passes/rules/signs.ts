import type { ValueId } from '../../ir/graph.ts';
import { isFloat } from '../shapes.ts';
import type { View } from '../rewrite.ts';

/** A float whose elements are ≥ 0 or NaN, and never −0. (Integers wrap round: the square of one may be negative.) */
export function isNonNegative(view: View, id: ValueId): boolean {
  if (!isFloat(view.typeOf(id))) return false;
  const constant = view.constantOf(id);
  if (constant !== null) return constant > 0 || Object.is(constant, 0);
  const equation = view.definition(id);
  switch (equation?.op) {
    case 'abs':
    case 'exponential':
    case 'logistic':
    case 'softplus':
    case 'size':
    case 'rng_uniform':
      return true;
    case 'multiply':
      return equation.operands[0] === equation.operands[1] || equation.operands.every((operand) => isNonNegative(view, operand));
    case 'add':
    case 'divide':
    case 'broadcast_like':
    case 'broadcast_in_dim':
    case 'sum_like':
    case 'reshape':
      return equation.operands.slice(0, equation.op === 'add' || equation.op === 'divide' ? 2 : 1).every((operand) => isNonNegative(view, operand));
    case 'reduce':
      return equation.attributes.kind === 'add' && isNonNegative(view, equation.operands[0]);
    case 'convert': {
      const type = view.typeOf(equation.operands[0]);
      return type.kind === 'tensor' && type.dtype === 'i1';
    }
    default:
      return false;
  }
}

/** A value that is never −0 (it may be negative). A sum starts from +0, and +0 + −0 is +0. */
export function isNeverMinusZero(view: View, id: ValueId): boolean {
  const constant = view.constantOf(id);
  if (constant !== null) return !Object.is(constant, -0);
  const equation = view.definition(id);
  return isNonNegative(view, id) || (equation?.op === 'reduce' && equation.attributes.kind === 'add');
}
