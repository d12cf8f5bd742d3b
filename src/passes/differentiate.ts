import type { Graph, GraphOutput, ValueId } from '../ir/graph.ts';
import { invariant } from '../support/invariant.ts';
import { describe } from './describe.ts';
import { gradients } from './gradients.ts';
import type { Pass, PassContext } from './pass.ts';
import { rebuild } from './rebuild.ts';

const PASS = 'differentiate';

/**
 * Replaces `gradient(y, x)` by the equations of the derivative, innermost first (an equation's operands come before it). Where a
 * network that only the binding knows lies between x and y, the `gradient` stays and the tape takes it when the program runs.
 * An `optimization_barrier` goes once no `gradient` needs it to tell its variable from equal values.
 */
export const differentiate: Pass = {
  name: PASS,
  run(graph, context) {
    return releaseBarriers(replaceGradients(graph, context));
  },
};

/** The graph with each `gradient` that can be replaced by plain equations; barriers stay, so that values can still be differentiated by. */
export function replaceGradients(graph: Graph, context: PassContext): Graph {
  if (!graph.equations.some(({ op }) => op === 'gradient')) return graph;
  const describeValue = describe(graph);
  let changed = false;
  const result = rebuild(graph, (equation, operands, builder) => {
    if (equation.op !== 'gradient') return builder.copy(equation, operands);
    const [y, x] = operands;
    const found = gradients(builder, y, [x], equation.origin);
    const remark = (rule: string, why: string) => {
      context.remark({ pass: PASS, rule, what: describeValue(equation.id), why, origin: equation.origin });
    };
    if (found.kind === 'opaque') {
      remark('left to the tape', `${found.equation.op} lies between them: ${found.why}`);
      return builder.copy(equation, operands);
    }
    changed = true;
    if (!found.dependent[0]) remark('zero gradient', 'the value does not depend differentiably on its variable');
    if (equation.name !== undefined) builder.name(found.values[0], equation.name);
    return found.values[0];
  });
  return changed ? result : graph;
}

/** Drops the barriers that are not the variable of a `gradient` that stayed. */
function releaseBarriers(graph: Graph): Graph {
  const variables = new Set(graph.equations.flatMap(({ op, operands }) => (op === 'gradient' ? [operands[1]] : [])));
  const releasable = (id: ValueId) => !variables.has(id);
  if (!graph.equations.some(({ op, id }) => op === 'optimization_barrier' && releasable(id))) return graph;
  return rebuild(graph, (equation, operands, builder) => {
    if (equation.op !== 'optimization_barrier' || !releasable(equation.id)) return builder.copy(equation, operands);
    if (equation.name !== undefined) builder.name(operands[0], equation.name);
    return operands[0];
  });
}

/**
 * The graph with one more output for each named input, called `<output>/<input>`: the sum of `output` differentiated by that input,
 * of its type. Gradients of its outputs can be asked for again.
 */
export function gradientGraph(graph: Graph, output: string, inputs: readonly string[]): Graph {
  return rebuild(
    graph,
    (equation, operands, builder) => builder.copy(equation, operands),
    (builder, renamed) => {
      const y = graph.outputs.find(({ name }) => name === output);
      invariant(y, `there is no output '${output}'`);
      const xs = inputs.map((wanted) => {
        const input = graph.inputs.find(({ name }) => name === wanted);
        invariant(input, `there is no input '${wanted}'`);
        return renamed(input.id);
      });
      const found = gradients(builder, renamed(y.value), xs);
      invariant(found.kind === 'found', 'a network that only the binding knows lies between input and output');
      return found.values.map((value, i): GraphOutput => ({ name: `${output}/${inputs[i]}`, value }));
    },
  );
}
