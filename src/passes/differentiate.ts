import type { Equation, EquationOf, Graph, GraphOutput, ValueId } from '../ir/graph.ts';
import { invariant } from '../support/invariant.ts';
import { describe } from './describe.ts';
import { gradients } from './gradients.ts';
import { joinOrigins } from './origins.ts';
import type { Pass, PassContext } from './pass.ts';
import { rebuild } from './rebuild.ts';

const PASS = 'differentiate';

/**
 * Replaces `gradient(y, x)` by the equations of the derivative, innermost first (an equation's operands come before it). Where a
 * network that only the binding knows lies between x and y, the `gradient` stays and the tape takes it when the program runs.
 * An `optimization_barrier` goes once no `gradient` needs it to tell its variable from equal values, a `custom_vjp` once there is no
 * `gradient` left that could need its derivatives.
 */
export const differentiate: Pass = {
  name: PASS,
  run(graph, context) {
    return releaseBarriers(replaceGradients(graph, context));
  },
};

/** The `gradient` equations of each y, in order: what one sweep from y gives. */
function gradientsOf(graph: Graph): ReadonlyMap<ValueId, readonly EquationOf<'gradient'>[]> {
  const groups = new Map<ValueId, EquationOf<'gradient'>[]>();
  for (const equation of graph.equations) {
    if (equation.op !== 'gradient') continue;
    const [y] = equation.operands;
    const group = groups.get(y);
    if (group === undefined) groups.set(y, [equation]);
    else group.push(equation);
  }
  return groups;
}

function sameOrigin(a: Equation, b: Equation): boolean {
  return a.origin.length === b.origin.length && joinOrigins(a.origin, b.origin).length === a.origin.length;
}

/** The graph with each `gradient` that can be replaced by plain equations; barriers stay, so that values can still be differentiated by. */
export function replaceGradients(graph: Graph, context: PassContext): Graph {
  const groups = gradientsOf(graph);
  if (groups.size === 0) return graph;
  const describeValue = describe(graph);
  const found = new Map<ValueId, { readonly value: ValueId; readonly dependent: boolean }>();
  let changed = false;
  const result = rebuild(graph, (equation, operands, builder, renamed) => {
    if (equation.op !== 'gradient') return builder.copy(equation, operands);
    const remark = (rule: string, why: string) => {
      context.remark({ pass: PASS, rule, what: describeValue(equation.id), why, origin: equation.origin });
    };
    const sweep = (by: readonly EquationOf<'gradient'>[]) => {
      const swept = gradients(builder, operands[0], by.map((each) => renamed(each.operands[1])), equation.origin);
      if (swept.kind === 'found') by.forEach((each, i) => found.set(each.id, { value: swept.values[i], dependent: swept.dependent[i] }));
      return swept;
    };
    if (!found.has(equation.id)) {
      // one sweep for all whose variables are there already; where something opaque lies before another one's, for this one alone
      const together = groups.get(equation.operands[0])!.filter((other) => !found.has(other.id) && other.operands[1] < equation.id && sameOrigin(other, equation));
      const swept = sweep(together);
      const alone = swept.kind === 'opaque' && together.length > 1 ? sweep([equation]) : swept;
      if (alone.kind === 'opaque') {
        remark('left to the tape', `${alone.equation.op} lies between them: ${alone.why}`);
        return builder.copy(equation, operands);
      }
    }
    const { value, dependent } = found.get(equation.id)!;
    changed = true;
    if (!dependent) remark('zero gradient', 'the value does not depend differentiably on its variable');
    if (equation.name !== undefined) builder.name(value, equation.name);
    return value;
  });
  return changed ? result : graph;
}

/** Drops the barriers that are not the variable of a `gradient` that stayed, and with the last `gradient` every derivative of a custom_vjp's own. */
function releaseBarriers(graph: Graph): Graph {
  const variables = new Set(graph.equations.flatMap(({ op, operands }) => (op === 'gradient' ? [operands[1]] : [])));
  const releasable = ({ op, id }: Equation) => (op === 'optimization_barrier' && !variables.has(id)) || (op === 'custom_vjp' && variables.size === 0);
  if (!graph.equations.some(releasable)) return graph;
  return rebuild(graph, (equation, operands, builder) => {
    if (!releasable(equation)) return builder.copy(equation, operands);
    if (equation.name !== undefined) builder.name(operands[0], equation.name);
    return operands[0];
  });
}

/**
 * The graph with one more output for each named input, called `<output>/<input>`: the sum of `output` differentiated by that input,
 * of its type. Every `gradient` inside is replaced first. Gradients of its outputs can be asked for again: barriers and derivatives of
 * a custom_vjp's own stay until `differentiate` runs.
 */
export function gradientGraph(given: Graph, output: string, inputs: readonly string[]): Graph {
  const graph = replaceGradients(given, { math: 'strict', remark: () => undefined });
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
