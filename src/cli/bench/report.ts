import type { Colors } from 'picocolors/types';

/** One way to run a step. */
export interface ModeRow {
  readonly mode: string;
  readonly threads: number;
  /** null where it did not run; `note` says why. */
  readonly stepsPerSecond: number | null;
  readonly msMedian: number | null;
  readonly msMin: number | null;
  readonly note: string;
}

/** A part of the step's time. */
export interface ShareRow {
  readonly part: string;
  readonly ms: number;
  /** Of the whole step, 0 to 1. */
  readonly share: number;
}

/** The step without one of the compiler's passes, or without any. */
export interface PassRow {
  readonly without: string;
  readonly kernels: number;
  readonly flops: number;
  readonly bytes: number;
  /** Of temporaries, the largest program's. */
  readonly arena: number;
  readonly ms: number;
}

export interface BenchReport {
  readonly file: string;
  readonly model: string;
  readonly objective: string;
  readonly batch: number;
  readonly modes: readonly ModeRow[];
  readonly terms: readonly ShareRow[];
  readonly passes: readonly PassRow[];
}

export function printBench({ file, model, objective, batch, modes, terms, passes }: BenchReport, c: Colors): string {
  const fastest = Math.max(...modes.map(({ stepsPerSecond }) => stepsPerSecond ?? 0));
  const blocks = [
    [`${c.bold(file)}   model ${model}, batch ${batch}`, c.dim(`  ${objective.trim().replace(/\s*\n\s*/g, ' ')}`)],
    columns(
      ['mode', 'threads', 'steps/s', 'ms', 'least ms', ''],
      modes.map(({ mode, threads, stepsPerSecond, msMedian, msMin, note }) => [
        mode,
        String(threads),
        stepsPerSecond === null ? '–' : rounded(stepsPerSecond),
        msMedian === null ? '–' : rounded(msMedian),
        msMin === null ? '–' : rounded(msMin),
        note !== '' ? note : stepsPerSecond !== null && stepsPerSecond < fastest ? `${(fastest / stepsPerSecond).toFixed(1)}× slower` : '',
      ]),
      c,
    ),
    columns(['part of the step', 'share', 'ms', ''], terms.map(({ part, share, ms }) => [part, `${(100 * share).toFixed(1)}%`, rounded(ms), '']), c),
    columns(
      ['without', 'kernels', 'MFLOP', 'MB', 'arena kB', 'ms', ''],
      passes.map(({ without, kernels, flops, bytes, arena, ms }) => [without, String(kernels), rounded(flops / 1e6), rounded(bytes / 1e6), rounded(arena / 1e3), rounded(ms), '']),
      c,
    ),
  ];
  return `${blocks.filter((lines) => lines.length > 1).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The first column and the last to the left, numbers to the right. */
function columns(head: readonly string[], rows: readonly (readonly string[])[], c: Colors): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((line) => line[column].length)));
  const line = (cells: readonly string[]): string => `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : column === cells.length - 1 ? cell : cell.padStart(widths[column]))).join('   ')}`.trimEnd();
  return [c.dim(line(head)), ...rows.map(line)];
}

function rounded(value: number): string {
  if (value === 0) return '0';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
