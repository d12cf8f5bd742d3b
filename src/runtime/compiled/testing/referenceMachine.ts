import { evaluate } from '../../../ir/evaluate.ts';
import { arrayValue, sizeOf, type ArrayValue, type Value } from '../../../ir/values.ts';
import { differentiate } from '../../../passes/differentiate.ts';
import { eliminateDeadCode } from '../../../passes/eliminateDeadCode.ts';
import { runPasses } from '../../../passes/pipeline.ts';
import { dimsOf } from '../../../step/arithmetic.ts';
import { aligned, type Loaded, type Machine, type Program } from '../machine.ts';

const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** Programs as the reference evaluation runs them: slow, in double precision inside, and as simple as the meaning of the graph. */
export function createReferenceMachine(): Machine {
  let memory = new ArrayBuffer(64);
  let end = 64;
  const machine: Machine = {
    target: 'reference',
    broken: () => false,
    dispose: () => undefined,
    allocate(bytes) {
      const place = end;
      end = aligned(end + bytes);
      if (end > memory.byteLength) {
        const larger = new ArrayBuffer(2 * end);
        new Uint8Array(larger).set(new Uint8Array(memory));
        memory = larger;
      }
      return place;
    },
    floats: () => new Float32Array(memory),
    integers: () => new Int32Array(memory),
    load: (programs) => new Map(programs.map((program) => [program.name, load(machine, program)])),
  };
  return machine;
}

function load(machine: Machine, { graph: given, places }: Program): Loaded {
  const graph = runPasses(given, [differentiate, eliminateDeadCode], CONTEXT);
  const used = new Set([...graph.equations.flatMap(({ operands }) => operands), ...graph.outputs.map(({ value }) => value)]);
  const inputs = graph.inputs.filter(({ id }) => used.has(id));
  const viewOf = (name: string, isFloat: boolean) => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`'${name}' has no place in memory`);
    return { values: isFloat ? machine.floats() : machine.integers(), start: place / 4 };
  };
  return {
    reads: new Set(inputs.map(({ name }) => name)),
    run() {
      const given = new Map<string, Value>(
        inputs.map(({ name, type }) => {
          const dtype = type.kind === 'tensor' ? type.dtype : 'f32';
          const shape = dimsOf(type);
          const { values, start } = viewOf(name, dtype === 'f32');
          return [name, arrayValue(shape, values.slice(start, start + sizeOf(shape)), dtype)];
        }),
      );
      for (const [name, value] of evaluate(graph, given)) {
        const { data, dtype } = value as ArrayValue;
        const { values, start } = viewOf(name, dtype === 'f32');
        values.set(data, start);
      }
    },
  };
}
