import { createBuilder } from '../ir/builder.ts';
import type { Graph, GraphOutput, ValueId } from '../ir/graph.ts';
import { formatType } from '../ir/types.ts';
import { invariant } from '../support/invariant.ts';
import { SpecError } from '../support/diagnostic.ts';
import { replaceGradients } from '../passes/differentiate.ts';
import { gradients } from '../passes/gradients.ts';
import type { PassContext } from '../passes/pass.ts';
import { rebuild } from '../passes/rebuild.ts';

/** One loss of an evaluation, and what it is differentiated by. */
export interface EvaluatePart {
  /** The player; names of the part's outputs begin with it: `generator/loss`. */
  readonly name: string;
  readonly graph: Graph;
  /** The output that is differentiated (the sum of its elements). */
  readonly loss: string;
  /** Names of inputs. */
  readonly by: readonly string[];
}

export interface Evaluate {
  /** Outputs `<part>/<output>` and `<part>/gradient.<input>` for every input that its loss depends on. */
  readonly graph: Graph;
  /** For each part the inputs that its loss depends on, in the order of `by`. */
  readonly reached: ReadonlyMap<string, readonly string[]>;
}

/**
 * The losses of several players and their gradients as one graph, so that what the players have in common (the generator's forward
 * pass) becomes equal equations, which `mergeCommon` computes once. Not yet optimised.
 *
 * @throws SpecError GL5007 for a loss that holds an op without a gradient
 */
export function assembleEvaluate(name: string, parts: readonly EvaluatePart[], context: PassContext): Evaluate {
  const differentiated = parts.map((part) => ({ part, ...withGradients(part, context) }));
  return {
    graph: mergeGraphs(name, differentiated.map(({ part, graph }) => ({ prefix: `${part.name}/`, graph }))),
    reached: new Map(differentiated.map(({ part, reached }) => [part.name, reached])),
  };
}

/** A part's graph with gradients as outputs. Barriers and custom gradients are still there: only now nothing is differentiated any more. */
function withGradients({ graph: given, loss, by }: EvaluatePart, context: PassContext): { readonly graph: Graph; readonly reached: readonly string[] } {
  const inner = replaceGradients(given, context);
  const wanted = by.filter((name) => inner.inputs.some((input) => input.name === name));
  let reached: readonly string[] = [];
  const graph = rebuild(
    inner,
    (equation, operands, builder) => builder.copy(equation, operands),
    (builder, renamed) => {
      const y = inner.outputs.find(({ name }) => name === loss);
      invariant(y, `the graph has no output '${loss}'`);
      const xs = wanted.map((name) => renamed(inner.inputs.find((input) => input.name === name)?.id ?? -1));
      const found = gradients(builder, renamed(y.value), xs);
      if (found.kind === 'opaque') {
        const message = `the loss can not be differentiated: ${found.equation.op} ${found.why}`;
        throw new SpecError(message, [{ code: 'GL5007', severity: 'error', message, span: found.equation.origin[0] ?? null }]);
      }
      reached = wanted.filter((_, index) => found.dependent[index]);
      return wanted.flatMap((name, index): GraphOutput[] => (found.dependent[index] ? [{ name: `gradient.${name}`, value: found.values[index] }] : []));
    },
  );
  return { graph, reached };
}

/** Several graphs side by side: inputs of one name are one input, outputs get their graph's prefix. */
export function mergeGraphs(name: string, graphs: readonly { readonly prefix: string; readonly graph: Graph }[]): Graph {
  const builder = createBuilder(name);
  const inputs = new Map<string, ValueId>();
  for (const { graph } of graphs) {
    for (const { name: input, type } of graph.inputs) {
      const known = inputs.get(input);
      if (known === undefined) inputs.set(input, builder.input(input, type));
      else invariant(formatType(builder.typeOf(known)) === formatType(type), `input %${input} has two types`);
    }
  }
  const outputs = graphs.flatMap(({ prefix, graph }) => {
    const values = new Map<ValueId, ValueId>(graph.inputs.map(({ id, name: input }) => [id, inputs.get(input) as ValueId]));
    const renamed = (id: ValueId): ValueId => values.get(id) as ValueId;
    for (const equation of graph.equations) values.set(equation.id, builder.copy(equation, equation.operands.map(renamed)));
    return graph.outputs.map(({ name: output, value }): GraphOutput => ({ name: prefix + output, value: renamed(value) }));
  });
  return builder.finish(outputs);
}
