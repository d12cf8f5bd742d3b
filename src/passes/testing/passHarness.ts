import type { Graph } from '../../ir/graph.ts';
import { parseGraph } from '../../ir/parseGraph.ts';
import { printGraph } from '../../ir/print.ts';
import { verify } from '../../ir/verify.ts';
import type { Pass, PassContext } from '../pass.ts';
import { runPasses } from '../pipeline.ts';

/** `%x: f32[2]` and the lines of a body → a graph. */
export function graphOf(inputs: string, results: string, body: string): Graph {
  return parseGraph(`graph @test(${inputs}) -> ${results} {\n${body}\n}\n`);
}

/** What passes make of a graph, as text: its body, and a line for each remark. */
export function optimised(graph: Graph, passes: readonly Pass[], math: PassContext['math'] = 'strict'): string {
  const remarks: string[] = [];
  const result = runPasses(graph, passes, { math, remark: ({ pass, rule, what, why }) => remarks.push(`${pass}: ${rule}: ${what}: ${why}`) });
  verify(result);
  const lines = printGraph(result).trimEnd().split('\n').slice(1, -1);
  return [...lines.map((line) => line.trim()), ...remarks].join('\n');
}
