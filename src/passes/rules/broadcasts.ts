import { ARITY } from '../../ir/arity.ts';
import type { ValueId } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';
import { isScalar } from '../../ir/types.ts';
import type { AnyRule, Candidate, View } from '../rewrite.ts';
import { isElementwise, SHAPE_SOURCE } from '../shapeSource.ts';
import { madeBy, rule } from './match.ts';

/** The scalar that a value repeats in the shape of another, and that other. */
function repeated(view: View, id: ValueId): { readonly scalar: ValueId; readonly like: ValueId } | null {
  const broadcast = madeBy(view, id, 'broadcast_like');
  return broadcast !== null && isScalar(view.typeOf(broadcast.operands[0])) ? { scalar: broadcast.operands[0], like: broadcast.operands[1] } : null;
}

/** Elementwise ops broadcast scalars by themselves: a scalar need not be written out where another operand has the shape. */
function useScalar(candidate: Candidate, view: View): ValueId | null {
  const place = candidate.operands.findIndex((id, i) => repeated(view, id) !== null && candidate.operands.some((other, k) => k !== i && repeated(view, other) === null && view.sameShape(id, other)));
  if (place < 0) return null;
  return emitAs(view, candidate, candidate.operands.map((id, i) => (i === place ? repeated(view, id)!.scalar : id)));
}

/** Of equal elements one is computed, and the result repeated. */
function computeOnce(candidate: Candidate, view: View): ValueId | null {
  const sources = candidate.operands.map((id) => repeated(view, id) ?? (isScalar(view.typeOf(id)) ? { scalar: id, like: null } : null));
  const like = sources.find((source) => source?.like != null)?.like;
  if (like == null || !sources.every((source) => source !== null && (source.like === null || view.sameShape(source.like, like)))) return null;
  const once = emitAs(view, candidate, sources.map((source) => source!.scalar));
  return view.emit('broadcast_like', [once, like], { align: 'trailing' });
}

function emitAs(view: View, candidate: Candidate, operands: readonly ValueId[]): ValueId {
  // op and attributes come from one candidate
  const emit = view.emit as (op: OpKind, operands: readonly ValueId[], attributes: Candidate['attributes']) => ValueId;
  return emit(candidate.op, operands, candidate.attributes);
}

const ELEMENTWISE = (Object.keys(SHAPE_SOURCE) as OpKind[]).filter(isElementwise);

/** The same element is computed from the same elements: exact for every elementwise op. */
export const BROADCAST_RULES: readonly AnyRule[] = ELEMENTWISE.flatMap((op): readonly AnyRule[] => {
  return [
    // of an op on one value there is no other operand that has the shape
    ...(ARITY[op][1] > 1 ? [rule(op, 'repeated scalar as an operand', 'strict', 'a scalar broadcasts by itself', useScalar)] : []),
    rule(op, 'computed on repeated scalars', 'strict', 'all elements are equal, so one is computed', computeOnce),
  ];
});
