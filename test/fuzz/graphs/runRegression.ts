import { parseGraph } from '../../../src/ir/parseGraph.ts';
import { arrayValue, type Value } from '../../../src/ir/values.ts';
import { wrongOn } from './findFault.ts';
import { caseOf } from './fuzzCase.ts';
import type { Regression } from './regressions.ts';
import { WAYS } from './ways.ts';

/** What is still wrong with a graph that went wrong once. */
export async function runRegression({ way, graph: text, inputs }: Regression): Promise<readonly string[]> {
  const graph = parseGraph(text.trimStart());
  const values = graph.inputs.map(({ name, type }): [string, Value] => {
    if (type.kind !== 'tensor') throw new Error(`input ${name} is no tensor`);
    return [name, arrayValue(type.shape.dims.map(Number), inputs[name], type.dtype)];
  });
  const found = WAYS.find(({ name }) => name === way);
  if (found === undefined) throw new Error(`there is no way '${way}'`);
  return wrongOn(found, caseOf(graph, new Map(values)));
}
