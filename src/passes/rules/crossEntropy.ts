import type { AnyRule } from '../rewrite.ts';
import { rule } from './match.ts';

/** With constant labels the cross-entropy is a softplus. At infinite logits the formula of TensorFlow gives NaN, softplus does not. */
export const CROSS_ENTROPY_RULES: readonly AnyRule[] = [
  rule('sigmoid_cross_entropy', 'labels are zero', 'fast', 'its cross-entropy with 0 is softplus(logits) for finite logits', (candidate, view) => {
    const [labels, logits] = candidate.operands;
    return view.constantOf(labels) === 0 && view.fits(candidate, logits) ? view.emit('softplus', [logits]) : null;
  }),
  rule('sigmoid_cross_entropy', 'labels are one', 'fast', 'its cross-entropy with 1 is softplus(−logits) for finite logits', (candidate, view) => {
    const [labels, logits] = candidate.operands;
    return view.constantOf(labels) === 1 && view.fits(candidate, logits) ? view.emit('softplus', [view.emit('negate', [logits])]) : null;
  }),
];
