import type { PassContext } from '../../passes/pass.ts';
import { aligned, type Loaded, type Machine, type Program } from '../compiled/machine.ts';
import { placePrograms, type PlacedProgram } from '../compiled/placePrograms.ts';

/** A program that was to be loaded: its graph, and how it was scheduled. */
export interface RecordedProgram extends PlacedProgram {
  readonly program: Program;
}

/** A machine that runs nothing: it keeps what it was told to load. */
export interface Recorder extends Machine {
  /** What the programs of the next load belong to: their names begin with it. */
  readonly label: (name: string) => void;
  /** Everything that was loaded, in order: `generator.evaluate`, `generator.check`; or `generator+discriminator.check.generator`. */
  readonly recorded: () => readonly RecordedProgram[];
  /** First byte behind everything. */
  readonly end: () => number;
  readonly bytes: () => Uint8Array;
}

/** @param without passes to leave out */
export function createRecorder(context: PassContext, without: readonly string[] = []): Recorder {
  let memory = new ArrayBuffer(1 << 16);
  let views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
  let end = 64;
  let label = '';
  const recorded: RecordedProgram[] = [];
  const reserve = (to: number): void => {
    if (to <= memory.byteLength) return;
    const larger = new ArrayBuffer(aligned(2 * to));
    new Uint8Array(larger).set(new Uint8Array(memory));
    memory = larger;
    views = { floats: new Float32Array(memory), integers: new Int32Array(memory) };
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
      const placed = placePrograms(programs, end, context, without);
      placed.forEach(({ name, schedule }, index) => {
        end = Math.max(end, aligned(schedule.end));
        recorded.push({ name: `${label}.${name.replace(new RegExp(`\\.${label}$`), '')}`, schedule, program: programs[index] });
      });
      return new Map(placed.map(({ name, schedule: { inputs } }): [string, Loaded] => [name, { run: () => undefined, reads: new Set(inputs.map((input) => input.name)) }]));
    },
    label(name) {
      label = name;
    },
    recorded: () => recorded,
    end: () => end,
    bytes: () => new Uint8Array(memory, 0, Math.min(end, memory.byteLength)),
  };
}
