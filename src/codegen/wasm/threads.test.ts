import { describe, expect, it } from 'vitest';
import { Worker } from 'node:worker_threads';
import { createBuilder } from '../../ir/builder.ts';
import { tensorType } from '../../ir/types.ts';
import { optimizeStatic } from '../../passes/optimizeStatic.ts';
import { planMemory } from '../../schedule/planMemory.ts';
import { schedule } from '../../schedule/schedule.ts';
import { compileWasm } from './module.ts';

const HELPER = `
const { workerData: { module, memory } } = require('node:worker_threads');
new WebAssembly.Instance(module, { env: { memory } }).exports.help();
`;

/** A chain of products and reductions, each large enough for several chunks. */
function program() {
  const builder = createBuilder('chain');
  const x = builder.input('x', tensorType([192, 160]));
  let value = x;
  for (let i = 0; i < 4; i++) {
    const product = builder.emit('dot_general', [value, value], { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [1] });
    const back = builder.emit('dot_general', [product, value], { lhs_batching_dimensions: [], rhs_batching_dimensions: [], lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] });
    value = builder.emit('tanh', [builder.emit('multiply', [back, builder.constant(0.01)])]);
  }
  const graph = builder.finish([{ name: 'y', value }, { name: 'sum', value: builder.emit('reduce', [value], { kind: 'add', axes: [0] }) }]);
  const made = schedule(optimizeStatic(graph, { math: 'strict', remark: () => undefined })).schedule;
  const pinned = new Map([['x', 64], ['y', 64 + 4 * 192 * 160], ['sum', 64 + 8 * 192 * 160]]);
  return planMemory(made, { base: 64 + 8 * 192 * 160 + 1024, pinned });
}

describe('threads', () => {
  it('compute the same bits as one thread, whoever takes which chunk, run after run', async () => {
    const placed = program();
    const module = compileWasm([{ name: 'chain', schedule: placed }], { relaxedSimd: false, sharedMemory: true });
    expect(module.calls.get('chain')!.some(({ chunks }) => chunks > 1)).toBe(true);
    const pages = Math.ceil(module.end / 65536);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
    for (const { offset, bytes } of module.data) new Uint8Array(memory.buffer).set(bytes, offset);
    const compiled = new WebAssembly.Module(module.bytes);
    const exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Record<string, () => void>;
    const floats = new Float32Array(memory.buffer);
    const fill = (run: number) => {
      for (let i = 0; i < 192 * 160; i++) floats[16 + i] = Math.sin(i * 0.37 + run);
    };
    const results = () => floats.slice(16 + 192 * 160, 16 + 2 * 192 * 160 + 160);
    exports.allow_naps();
    const helpers = [0].map(() => new Worker(HELPER, { eval: true, workerData: { module: compiled, memory } }));
    try {
      await Promise.all(helpers.map((helper) => new Promise((resolve) => helper.once('online', resolve))));
      for (let run = 0; run < 25; run++) {
        fill(run);
        exports.chain();
        const alone = results();
        floats.fill(NaN, 16 + 192 * 160, 16 + 2 * 192 * 160 + 160);
        exports.chain_shared();
        expect(results()).toEqual(alone);
        // now and then long enough for the helpers to fall asleep
        if (run % 6 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      const ends = helpers.map((helper) => new Promise((resolve) => helper.once('exit', resolve)));
      exports.stop();
      await Promise.all(ends);
    }
  }, 60_000);

  it('that die with a chunk are not waited for for ever', async () => {
    const module = compileWasm([{ name: 'chain', schedule: program() }], { relaxedSimd: false, sharedMemory: true, patience: 200_000_000 });
    const memory = new WebAssembly.Memory({ initial: Math.ceil(module.end / 65536), maximum: 65536, shared: true });
    for (const { offset, bytes } of module.data) new Uint8Array(memory.buffer).set(bytes, offset);
    const exports = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), { env: { memory } }).exports as Record<string, () => void>;
    exports.allow_naps();
    const calls = module.calls.get('chain')!;
    // takes the first chunk that there is, and ends
    const control = (module.end - Math.ceil((64 + 8 * calls.length) / 64) * 64) / 4;
    const thief = new Worker(`
      const { parentPort, workerData: { memory, words } } = require('node:worker_threads');
      const control = new Int32Array(memory.buffer);
      const steal = () => words.some(([word, chunks]) => {
        const next = Atomics.load(control, word);
        return next >>> 16 && (next & 0xffff) < chunks && Atomics.compareExchange(control, word, next, next + 1) === next;
      });
      parentPort.postMessage('ready');
      while (!steal());`, { eval: true, workerData: { memory, words: calls.flatMap(({ chunks }, i) => (chunks > 1 ? [[control + 16 + 2 * i, chunks]] : [])) } });
    const end = new Promise((resolve) => thief.once('exit', resolve));
    await new Promise((resolve) => thief.once('message', resolve));
    let waited = 0;
    expect(() => {
      // until it had a core in time
      for (let run = 0; run < 1000; run++) {
        waited = -performance.now();
        exports.chain_shared();
      }
    }).toThrow('unreachable');
    waited += performance.now();
    // 40,000 naps of 20 µs or more: a helper that is only slow is waited for
    expect(waited).toBeGreaterThan(800);
    await end;
  }, 60_000);
});
