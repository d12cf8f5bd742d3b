import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import type { Pass } from './pass.ts';
import { rebuild } from './rebuild.ts';

/** Ops that say something about gradients alone and whose value is their first operand. */
export const MARKS: ReadonlySet<OpKind> = new Set(['stop_gradient', 'optimization_barrier']);

/** Drops the marks that only differentiation reads. For graphs in which every gradient has been made. */
export const releaseMarks: Pass = {
  name: 'releaseMarks',
  run(graph: Graph): Graph {
    if (!graph.equations.some(({ op }) => MARKS.has(op))) return graph;
    return rebuild(graph, (equation, operands, builder) => {
      if (!MARKS.has(equation.op)) return builder.copy(equation, operands);
      if (equation.name !== undefined) builder.name(operands[0], equation.name);
      return operands[0];
    });
  },
};
