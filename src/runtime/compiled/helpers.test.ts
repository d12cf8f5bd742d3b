import { afterEach, describe, expect, it, vi } from 'vitest';
import { Worker } from 'node:worker_threads';
import { createBuilder } from '../../ir/builder.ts';
import { tensorType } from '../../ir/types.ts';
import type { Machine } from './machine.ts';
import { createWasmMachine } from './wasmMachine.ts';

const SIZE = 256;
const getBuiltinModule = process.getBuiltinModule.bind(process);
const machines: Machine[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const machine of machines.splice(0)) machine.dispose();
});

/** Gives ganloss two cores and another class of threads. */
function replaceWorkers(replacement: unknown): void {
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) => {
    if (name === 'node:os') return { availableParallelism: () => 2 };
    return name === 'node:worker_threads' ? { Worker: replacement } : getBuiltinModule(name);
  }) as never);
}

/** A product that is large enough to be shared; each call gives the first of its numbers. */
function load(): () => number {
  const machine = createWasmMachine({ math: 'strict', remark: () => undefined }, 2, null);
  machines.push(machine);
  const builder = createBuilder('square');
  const x = builder.input('x', tensorType([SIZE, SIZE]));
  const square = builder.emit('dot_general', [x, x], { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] });
  const graph = builder.finish([{ name: 'y', value: square }]);
  const places = new Map(['x', 'y'].map((name) => [name, machine.allocate(4 * SIZE * SIZE)]));
  const { run } = machine.load([{ name: 'square', graph, places }]).get('square')!;
  machine.floats().fill(1, places.get('x')! / 4, places.get('x')! / 4 + SIZE * SIZE);
  return () => {
    machine.floats().fill(NaN, places.get('y')! / 4, places.get('y')! / 4 + SIZE * SIZE);
    run();
    const y = machine.floats().subarray(places.get('y')! / 4, places.get('y')! / 4 + SIZE * SIZE);
    return y.every((value) => value === SIZE) ? SIZE : NaN;
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a helper that dies', () => {
  it('before it has begun: the platform gives none', () => {
    replaceWorkers(class { constructor() { throw new Error('no more threads'); } });
    const run = load();
    for (let i = 0; i < 30; i += 1) expect(run()).toBe(SIZE);
  });

  it('as it begins: neither ends the process nor keeps work undone', async () => {
    let died = 0;
    replaceWorkers(class extends Worker {
      constructor() {
        super('throw new Error("out of memory")', { eval: true });
        this.once('exit', () => { died += 1; });
      }
    });
    const run = load();
    for (let i = 0; i < 40; i += 1) {
      expect(run()).toBe(SIZE);
      if (i % 8 === 0) await pause(20);
    }
    await vi.waitFor(() => expect(died).toBe(1), 10_000);
    expect(run()).toBe(SIZE);
  });

  it('while it waits: the others do its work', async () => {
    const started: Worker[] = [];
    replaceWorkers(class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        started.push(this);
      }
    });
    const run = load();
    for (let i = 0; i < 10; i += 1) expect(run()).toBe(SIZE);
    expect(started).toHaveLength(1);
    await started[0].terminate();
    for (let i = 0; i < 30; i += 1) expect(run()).toBe(SIZE);
  });
});
