import type { Equation, Graph, ValueId } from '../ir/graph.ts';
import { isScalar } from '../ir/types.ts';
import { splat } from './constants.ts';
import { describe } from './describe.ts';
import type { Pass } from './pass.ts';
import { rebuild } from './rebuild.ts';

const PASS = 'eliminateDeadTerms';

/** A loss, or one direction's: `loss`, `loss.x2y`. */
const isLoss = (name: string) => name === 'loss' || name.startsWith('loss.');

/** The additions that make the losses from their terms, and the terms. */
function summands(graph: Graph, definitions: ReadonlyMap<ValueId, Equation>) {
  const additions = new Set<ValueId>();
  const terms = new Set<ValueId>();
  const pending = graph.outputs.filter(({ name }) => isLoss(name)).map(({ value }) => value);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const equation = definitions.get(id);
    if (equation?.op !== 'add') terms.add(id);
    else if (!additions.has(id)) {
      additions.add(id);
      pending.push(...equation.operands);
    }
  }
  return { additions, terms };
}

/**
 * Terms with the constant weight 0. `fast` removes them: 0 times a finite loss is 0. `strict` keeps them, as TF-GAN does, since 0 times
 * NaN or infinity is NaN, and says so. (Auxiliary terms whose weight is written as 0 never get here: TF-GAN leaves them out.)
 */
export const eliminateDeadTerms: Pass = {
  name: PASS,
  run(graph, context) {
    const definitions = new Map(graph.equations.map((equation) => [equation.id, equation]));
    const { additions, terms } = summands(graph, definitions);
    const weightedByZero = (id: ValueId) => {
      const equation = definitions.get(id);
      return equation?.op === 'multiply' && isScalar(equation.type) && equation.operands.some((operand) => splat(definitions.get(operand)) === 0);
    };
    const dead = new Set([...terms].filter(weightedByZero));
    if (dead.size === 0) return graph;
    const removed = context.math === 'fast';
    const describeValue = describe(graph);
    for (const { id, origin } of graph.equations.filter((equation) => dead.has(equation.id))) {
      context.remark({
        pass: PASS,
        rule: removed ? 'zero weight removed' : 'zero weight kept',
        what: describeValue(id),
        why: removed ? '0 times a finite loss is 0' : 'TF-GAN multiplies by 0, so that a NaN in the term stays visible; `math fast` removes it',
        origin,
      });
    }
    if (!removed) return graph;
    return rebuild(graph, (equation, operands, builder) => {
      if (dead.has(equation.id)) return builder.at(equation.origin, () => builder.constant(0));
      if (additions.has(equation.id)) {
        const [left, right] = equation.operands.map((id) => dead.has(id));
        if (left || right) return operands[left ? 1 : 0];
      }
      return builder.copy(equation, operands);
    });
  },
};
