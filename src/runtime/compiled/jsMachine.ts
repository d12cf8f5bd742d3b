import { compileJs } from '../../codegen/js/compileJs.ts';
import { instantiateJs } from '../../codegen/js/instantiateJs.ts';
import type { PassContext } from '../../passes/pass.ts';
import { createGrowingMemory } from './growingMemory.ts';
import type { Loaded, Machine } from './machine.ts';
import { placePrograms } from './placePrograms.ts';

/** Programs as JavaScript over one ArrayBuffer. */
export function createJsMachine(context: PassContext): Machine {
  /** What binds each module to a memory once more: its code holds views of it. */
  const bind: (() => void)[] = [];
  const memory = createGrowingMemory(() => bind.forEach((again) => again()));
  return {
    target: 'js',
    broken: () => false,
    dispose: () => undefined,
    allocate: memory.allocate,
    floats: memory.floats,
    integers: memory.integers,
    load(programs) {
      const placed = placePrograms(programs, memory.end(), context);
      const module = compileJs(placed);
      memory.reserve(module.end);
      for (const { offset, bytes } of module.data) new Uint8Array(memory.buffer()).set(bytes, offset);
      let functions = instantiateJs(module.source, memory.buffer());
      bind.push(() => {
        functions = instantiateJs(module.source, memory.buffer());
      });
      return new Map(placed.map((program): [string, Loaded] => [program.name, { run: () => functions[program.name](), reads: new Set(program.schedule.inputs.map(({ name }) => name)) }]));
    },
  };
}
