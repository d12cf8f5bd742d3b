import { parseGraph } from '../../../src/ir/parseGraph.ts';
import { printGraph } from '../../../src/ir/print.ts';
import { arrayValue, type ArrayValue, type Value } from '../../../src/ir/values.ts';
import { wrongOn, type Fault } from './findFault.ts';
import { caseOf } from './fuzzCase.ts';
import { WAYS, type Way } from './ways.ts';

/**
 * A graph that went wrong once, as a file of `cases/`:
 *
 *     // why: y0[0]: 2 in place of 1
 *     // way: wasm, fused
 *     // input x: 1, NaN, -0
 *     graph @random(%x: f32[3]) -> (y0: f32[3]) {
 *     …
 */
export interface GraphCase {
  readonly way: Way;
  readonly graph: ReturnType<typeof parseGraph>;
  readonly inputs: ReadonlyMap<string, Value>;
}

/** @throws Error where a line is missing or names what is not there */
export function parseCase(file: string): GraphCase {
  const name = /^\/\/ way: (.+)$/m.exec(file)?.[1];
  const way = WAYS.find((one) => one.name === name);
  if (way === undefined) throw new Error(`there is no way '${name}'`);
  const numbers = new Map([...file.matchAll(/^\/\/ input (.+?): ?(.*)$/gm)].map(([, input, list]) => [input, list === '' ? [] : list.split(', ').map(Number)]));
  const graph = parseGraph(file.replace(/^\/\/.*\n/gm, ''));
  const inputs = graph.inputs.map((input): [string, Value] => {
    const { type } = input;
    if (type.kind !== 'tensor') throw new Error(`input ${input.name} is no tensor`);
    return [input.name, arrayValue(type.shape.dims.map(Number), numbers.get(input.name) ?? [], type.dtype)];
  });
  return { way, graph, inputs: new Map(inputs) };
}

/** A fault as the file of a case. */
export function printCase({ way, given, wrong }: Fault): string {
  const inputs = [...given.inputs].map(([name, value]) => `// input ${name}: ${Array.from((value as ArrayValue).data, (x) => (Object.is(x, -0) ? '-0' : String(x))).join(', ')}`);
  return [`// why: ${wrong[0].split('\n')[0]}`, `// way: ${way.name}`, ...inputs, printGraph(given.open)].join('\n');
}

/** What is still wrong with a graph that went wrong once. */
export function runCase({ way, graph, inputs }: GraphCase): Promise<readonly string[]> {
  return wrongOn(way, caseOf(graph, inputs));
}
