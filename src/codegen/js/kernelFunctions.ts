import type { BufferId, Kernel, PlacedSchedule } from '../../schedule/types.ts';
import { HELPERS, type Helper, type KernelContext } from './kernelContext.ts';
import { createText } from './text.ts';

/** The functions of a module: one for all kernels of equal text. */
export interface KernelFunctions {
  /** The text of a call that runs the kernel. */
  readonly call: (kernel: Kernel, schedule: PlacedSchedule) => string;
  /** All that the calls need. */
  readonly lines: () => readonly string[];
}

export function createKernelFunctions(emit: (kernel: Kernel, context: KernelContext) => void): KernelFunctions {
  const helpers = new Set<Helper>();
  const tables = new Map<string, string>();
  const functions = new Map<string, { readonly name: string; readonly parameters: string; readonly body: readonly string[] }>();
  let scratch = 0;

  return {
    call(kernel, schedule) {
      const text = createText();
      const bases = new Map<BufferId, string>();
      const used = new Map<string, number>();
      const bufferOf = (id: BufferId) => schedule.buffers[id];
      emit(kernel, {
        text,
        bufferOf,
        view: (id) => (bufferOf(id).dtype === 'f32' ? 'f' : 'i'),
        base(id) {
          const name = bases.get(id) ?? `b${bases.size}`;
          bases.set(id, name);
          return name;
        },
        fresh(stem) {
          const count = used.get(stem) ?? 0;
          used.set(stem, count + 1);
          return `${stem}_${count}`;
        },
        table(numbers) {
          const key = numbers.join(', ');
          const name = tables.get(key) ?? `table${tables.size}`;
          tables.set(key, name);
          return name;
        },
        scratch(size) {
          scratch = Math.max(scratch, size);
          return 'scratch';
        },
        helper(name) {
          helpers.add(name);
          return name;
        },
      });
      const parameters = [...bases.values()].join(', ');
      const key = [parameters, ...text.lines()].join('\n');
      const known = functions.get(key) ?? { name: `k${functions.size}`, parameters, body: text.lines() };
      functions.set(key, known);
      // places count elements of 4 bytes
      return `${known.name}(${[...bases.keys()].map((id) => schedule.offsets[id] / 4).join(', ')});`;
    },
    lines: () => [
      ...(Object.keys(HELPERS) as Helper[]).filter((name) => helpers.has(name)).map((name) => HELPERS[name]),
      ...[...tables].map(([numbers, name]) => `const ${name} = [${numbers}];`),
      ...(scratch > 0 ? [`const scratch = new Float64Array(${scratch});`] : []),
      ...[...functions.values()].flatMap(({ name, parameters, body }) => [`function ${name}(${parameters}) {`, ...body.map((line) => (line === '' ? '' : `  ${line}`)), '}']),
    ],
  };
}
