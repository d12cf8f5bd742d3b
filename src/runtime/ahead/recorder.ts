import type { PassContext } from '../../passes/pass.ts';
import { createGrowingMemory } from '../compiled/growingMemory.ts';
import type { Loaded, Machine, Program } from '../compiled/machine.ts';
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
  const memory = createGrowingMemory();
  let label = '';
  const recorded: RecordedProgram[] = [];
  return {
    target: 'js',
    broken: () => false,
    dispose: () => undefined,
    allocate: memory.allocate,
    floats: memory.floats,
    integers: memory.integers,
    load(programs) {
      const placed = placePrograms(programs, memory.end(), context, without);
      placed.forEach(({ name, schedule }, index) => {
        memory.reserve(schedule.end);
        recorded.push({ name: `${label}.${name.replace(new RegExp(`\\.${label}$`), '')}`, schedule, program: programs[index] });
      });
      return new Map(placed.map(({ name, schedule: { inputs } }): [string, Loaded] => [name, { run: () => undefined, reads: new Set(inputs.map((input) => input.name)) }]));
    },
    label(name) {
      label = name;
    },
    recorded: () => recorded,
    end: memory.end,
    bytes: () => new Uint8Array(memory.buffer(), 0, memory.end()),
  };
}
