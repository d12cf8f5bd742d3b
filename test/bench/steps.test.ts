import { describe, expect, it } from 'vitest';
import { layoutOf, microKernel, padded, type Product, type Variant } from '../../bench/steps/attainable/microKernel.ts';
import { CASES, CASE_NAMES, dataOf, rowsOf, weightsOf } from '../../bench/steps/cases.ts';
import { EXPECTED, mistake } from '../../bench/steps/expected.ts';
import { measure } from '../../bench/steps/measure.ts';
import { CallError, parseOptions } from '../../bench/steps/options.ts';
import { printTable } from '../../bench/steps/table.ts';
import { WORK } from '../../bench/steps/work.ts';

describe('the cases', () => {
  it('have the numbers of their LCG', () => {
    const { w1 } = weightsOf('dcgan').D;
    expect(w1.shape).toEqual([5, 5, 1, 32]);
    expect([...w1.data.subarray(0, 3)]).toMatchInlineSnapshot(`
      [
        0.07994160056114197,
        -0.04541832208633423,
        0.0694771260023117,
      ]
    `);
    expect([...dataOf('mlp64').alpha.data.subarray(0, 3)]).toMatchInlineSnapshot(`
      [
        0.6485089659690857,
        0.7137224674224854,
        0.1563834547996521,
      ]
    `);
    // every number lies in its range
    for (const name of CASE_NAMES) {
      for (const { name: tensor, low, high, shape } of CASES[name].data) {
        const { data } = dataOf(name)[tensor];
        expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        expect(Math.min(...data.subarray(0, 1000))).toBeGreaterThanOrEqual(low);
        expect(Math.max(...data.subarray(0, 1000))).toBeLessThan(high);
      }
    }
  });

  it('have the work of the published table, in MFLOP: all taps, and without those on padding', () => {
    const table = rowsOf(CASE_NAMES).flatMap(({ case: name, phase }) => {
      const work = WORK[name][phase];
      return work === undefined ? [] : [[name, phase, Number((work.all / 1e6).toPrecision(4)), Number((work.valid / 1e6).toPrecision(4))]];
    });
    expect(table).toEqual([
      ['mlp64', 'D', 6.078, 6.078],
      ['mlp64', 'G', 2.974, 2.974],
      ['mlp256', 'D', 93.52, 93.52],
      ['mlp256', 'G', 43.35, 43.35],
      ['dcgan', 'D', 1870, 1573],
      ['dcgan', 'G', 878.9, 742.9],
      ['cyclegan', 'D', 536.3, 503.7],
      ['cyclegan', 'G', 1865, 1749],
    ]);
  });

  it('are right or not', () => {
    const right = EXPECTED.mlp64.D!;
    expect(mistake('mlp64', 'D', right)).toBeNull();
    expect(mistake('mlp64', 'D', { ...right, loss3: undefined })).toBeNull();
    expect(mistake('mlp64', 'D', { ...right, gsum: 289.47 })).toBe('gsum 289.47 ≠ 584.20');
    expect(mistake('mlp64', 'D', { ...right, loss0: NaN })).toBe('loss0 NaN ≠ 5.7236');
    expect(mistake('mlp64', 'D', { ...right, loss3: right.loss3 * 1.0005 })).toBeNull();
    expect(mistake('mlp64', 'D', { ...right, loss3: right.loss3 * 1.002 })).toContain('loss3');
  });
});

describe('measuring', () => {
  it('checks the first steps, times the rest, and goes on without one that throws', async () => {
    const losses = [4, 3, 2, 1];
    let steps = 0;
    const row = { case: 'mlp64', phase: 'D' } as const;
    const good = { system: 'good', threads: 1, row, step: () => losses[Math.min(steps++, 3)], gsum: () => steps };
    const bad = { ...good, system: 'bad', step: () => Promise.reject(new Error('no')) };
    const failed: string[] = [];
    const timings = await measure([bad, good], { budget: 1, most: 5 }, ({ system }, error) => failed.push(`${system}: ${String(error)}`));
    expect(failed).toEqual(['bad: Error: no']);
    expect(timings.get(good)).toMatchObject({ runs: 5, cpu_ms: expect.any(Number), check: { loss0: 4, loss3: 1, gsum: 1 } });
  });

  it('prints ratios of right rows only', () => {
    const line = { case: 'mlp64', phase: 'D', runs: 9, threads: 1, note: '' } as const;
    const rate = { system: 'attainable', cases: ['mlp64'], tile: '2×16', shape: '64×64×64' } as const;
    const table = printTable(
      [
        { ...line, system: 'ganloss', ms_min: 0.5, ms_median: 0.6, right: true },
        { ...line, system: 'other', ms_min: 2, ms_median: 2, right: true },
        { ...line, system: 'wrong', ms_min: 0.1, ms_median: 0.1, right: false, note: 'WRONG: gsum 1 ≠ 2' },
        { ...line, system: 'none', ms_min: null, ms_median: null, runs: 0, note: 'throws: no' },
      ],
      [
        { ...rate, gflops: 40, fma: false },
        { ...rate, gflops: 50, fma: true },
      ],
    );
    expect(table).toMatchInlineSnapshot(`
      "mlp64 D: 6.078 MFLOP, without padding 6.078; floor 0.152 ms, with FMA 0.122 ms
        system    threads   min ms   median   cpu   runs   first   × floor   × floor (FMA)   × ganloss   note
        ganloss         1    0.500    0.600     –      9       –      3.29            4.11        1.00
        other           1     2.00     2.00     –      9       –      13.2            16.5        4.00
        wrong           1    0.100    0.100     –      9       –                                         WRONG: gsum 1 ≠ 2
        none            1        –        –     –      0       –                                         throws: no

      attainable on one thread
        shape          instructions   tile   GFLOPS
        64×64×64   multiply and add   2×16   40.0
        64×64×64       multiply-add   2×16   50.0
      "
    `);
  });

  it('refuses calls that cannot be meant', () => {
    expect(parseOptions(['--help'])).toBeNull();
    expect(parseOptions(['--case', 'mlp64', 'dcgan', '--systems', 'tfjs,ganloss'])).toMatchObject({ cases: ['mlp64', 'dcgan'], systems: ['ganloss', 'tfjs'], json: false });
    expect(() => parseOptions(['--case', 'mlp65'])).toThrow(new CallError("there is no case 'mlp65': there are minimax, hinge, cyclel1, mlp64, mlp256, dcgan, cyclegan"));
    expect(() => parseOptions(['--ms', '0'])).toThrow(CallError);
    expect(() => parseOptions(['--colour'])).toThrow(CallError);
  });
});

describe('micro-kernels', () => {
  const variants = [1, 2].flatMap((unroll) => [false, true].map((pack): Variant => ({ rows: 3, vectors: 2, unroll, pack, fma: false })));
  it.each(variants)('multiply: %o', (variant) => {
    for (const product of [{ m: 5, k: 7, n: 9, transposed: false }, { m: 6, k: 4, n: 8, transposed: true }] satisfies Product[]) {
      const whole = padded(product, variant);
      const layout = layoutOf(whole);
      const memory = new WebAssembly.Memory({ initial: 1 });
      const numbers = new Float32Array(memory.buffer);
      for (let index = layout.a / 4; index < layout.c / 4; index += 1) numbers[index] = (index % 13) - 6;
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(microKernel(whole, variant, layout)), { env: { memory } });
      (exports.product as () => void)();
      for (let row = 0; row < whole.m; row += 1) {
        for (let column = 0; column < whole.n; column += 1) {
          let sum = 0;
          for (let k = 0; k < whole.k; k += 1) sum += numbers[layout.a / 4 + (whole.transposed ? k * whole.m + row : row * whole.k + k)] * numbers[layout.b / 4 + k * whole.n + column];
          expect(numbers[layout.c / 4 + row * whole.n + column]).toBe(sum);
        }
      }
    }
  });
});
