import type { Builder } from '../ir/builder.ts';
import type { ValueId } from '../ir/graph.ts';
import { EACH_OPS, type AppliedOp, type OpKind } from '../ir/ops.ts';

const APPLIED: ReadonlySet<OpKind> = new Set<OpKind>(EACH_OPS);

/** The builder, but an op of EACH_OPS that meets a list is applied to each of its tensors. */
export function overLists(builder: Builder): Builder {
  const isList = (id: ValueId) => {
    const type = builder.typeOf(id);
    return type.kind === 'opaque' && type.name === 'list';
  };
  return {
    ...builder,
    emit(op, operands, ...attributes) {
      if (!APPLIED.has(op) || !operands.some(isList)) return builder.emit(op, operands, ...attributes);
      // op and attributes belong together, as the caller has given them
      return builder.emit('each', operands, { applied: { op, attributes: attributes[0] ?? {} } as AppliedOp });
    },
  };
}
