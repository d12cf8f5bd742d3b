import type { Kernel, PlacedSchedule } from '../../schedule/types.ts';
import { invariant } from '../../support/invariant.ts';
import { constantData, type DataSegment } from '../constantData.ts';
import { emitContraction } from './contraction.ts';
import { createKernelFunctions } from './kernelFunctions.ts';
import type { EmitKernel, KernelContext } from './kernelContext.ts';
import { emitLoops } from './loops.ts';
import { emitScatter } from './scatter.ts';
import { emitSelectAndScatter } from './selectAndScatter.ts';

export interface JsProgram {
  readonly name: string;
  readonly schedule: PlacedSchedule;
}

export interface JsModule {
  /**
   * An ES module without imports. `instantiate(memory)` takes an ArrayBuffer or SharedArrayBuffer of at least `end` bytes, a multiple
   * of 4, and gives a function for each program. The same programs give the same text.
   */
  readonly source: string;
  /** First byte after what the programs need. */
  readonly end: number;
  /** What must be in memory before the first call. */
  readonly data: readonly DataSegment[];
}

type EmitTable = { readonly [K in Kernel['kind']]: EmitKernel<Extract<Kernel, { readonly kind: K }>> };

const EMIT: EmitTable = {
  loops: emitLoops,
  contraction: emitContraction,
  scatter: emitScatter,
  select_and_scatter: emitSelectAndScatter,
};

function emit<K extends Kernel['kind']>(kernel: Extract<Kernel, { readonly kind: K }>, context: KernelContext): void {
  // the table's row for a kind takes kernels of that kind
  (EMIT[kernel.kind as K] as EmitKernel<Kernel>)(kernel, context);
}

/** Programs as typed-array code over one memory: plain loops, float32 after every op, sums in float64. Runs wherever JavaScript does. */
export function compileJs(programs: readonly JsProgram[]): JsModule {
  const names = programs.map(({ name }) => name);
  invariant(new Set(names).size === names.length, 'two programs have one name');
  const functions = createKernelFunctions(emit);
  const bodies = programs.map(({ name, schedule }) => [
    `    ${JSON.stringify(name)}() {`,
    ...schedule.kernels.map(({ kernel, name: what }) => `      ${functions.call(kernel, schedule)} // ${what.replace(/\s+/g, ' ')}`),
    '    },',
  ]);
  const lines = [
    '/** Runs the programs in this memory. */',
    'export function instantiate(memory) {',
    '  const f = new Float32Array(memory);',
    '  const i = new Int32Array(memory);',
    ...functions.lines().map((line) => (line === '' ? '' : `  ${line}`)),
    '  return {',
    ...bodies.flat(),
    '  };',
    '}',
  ];
  return {
    source: `${lines.join('\n')}\n`,
    end: Math.max(0, ...programs.map(({ schedule }) => schedule.end)),
    data: programs.flatMap(({ schedule }) => constantData(schedule)),
  };
}
