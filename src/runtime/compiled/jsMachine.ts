import { compileJs } from '../../codegen/js/compileJs.ts';
import type { PassContext } from '../../passes/pass.ts';
import { aligned, type Loaded, type Machine } from './machine.ts';
import { placePrograms } from './placePrograms.ts';

const PAGE = 65_536;

/** Programs as JavaScript over one ArrayBuffer. */
export function createJsMachine(context: PassContext): Machine {
  let memory = new ArrayBuffer(PAGE);
  let end = 64;
  let views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
  /** What binds each module to a memory once more: its code holds views of it. */
  const bind: (() => void)[] = [];
  const reserve = (to: number): void => {
    if (to <= memory.byteLength) return;
    const larger = new ArrayBuffer(aligned(2 * to));
    new Uint8Array(larger).set(new Uint8Array(memory));
    memory = larger;
    views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
    for (const again of bind) again();
  };
  return {
    target: 'js',
    dispose: () => undefined,
    allocate(bytes) {
      const at = end;
      end = aligned(end + bytes);
      reserve(end);
      return at;
    },
    floats: () => views.floats,
    integers: () => views.integers,
    load(programs) {
      const placed = placePrograms(programs, end, context);
      const module = compileJs(placed);
      end = aligned(Math.max(end, module.end));
      reserve(end);
      for (const { offset, bytes } of module.data) new Uint8Array(memory).set(bytes, offset);
      const instantiate = evaluateModule(module.source);
      let functions = instantiate(memory);
      bind.push(() => {
        functions = instantiate(memory);
      });
      return new Map(placed.map((program): [string, Loaded] => [program.name, { run: () => functions[program.name](), reads: new Set(program.schedule.inputs.map(({ name }) => name)) }]));
    },
  };
}

type Instantiate = (memory: ArrayBuffer) => Readonly<Record<string, () => void>>;

/** The module's only export, without the wait of an import. */
function evaluateModule(source: string): Instantiate {
  const body = source.replace('export function instantiate', 'function instantiate');
  return new Function(`${body}\nreturn instantiate;`)() as Instantiate;
}
