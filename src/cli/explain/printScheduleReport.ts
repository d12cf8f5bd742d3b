import type { Colors } from 'picocolors/types';
import type { KernelRow, ProgramRow } from './scheduleReport.ts';

/** What stands above the programs. */
export interface ScheduleHead {
  readonly file: string;
  readonly model: string;
  readonly objective: string;
  readonly batch: number;
  readonly target: string;
}

/** Every kernel of every program, a line each. */
export function printScheduleReport({ file, model, objective, batch, target }: ScheduleHead, programs: readonly ProgramRow[], c: Colors): string {
  const whole = programs.reduce<number | null>((sum, { ms }) => (sum === null || ms === null ? null : sum + ms), 0);
  const blocks = [
    [`${c.bold(file)}   model ${model}, batch ${batch}, target ${target}`, c.dim(`  ${objective.trim().replace(/\s*\n\s*/g, ' ')}`)],
    ...programs.map((program) => [title(program, c), ...table(program.kernels, program.ms, whole, c)]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function title({ name, kernels, flops, bytes, peak, ms }: ProgramRow, c: Colors): string {
  const parts = [
    `${kernels.length} kernel${kernels.length === 1 ? '' : 's'}`,
    `${mega(flops)} MFLOP`,
    `${size(bytes)} touched`,
    `temporaries ${size(peak.planned)}${peak.live === peak.planned ? '' : `, ${size(peak.live)} alive at once`}`,
    ...(ms === null ? [] : [`${milliseconds(ms)} ms kernel by kernel`]),
  ];
  return `${c.bold(name)}: ${parts.join(', ')}`;
}

function table(rows: readonly KernelRow[], ms: number | null, whole: number | null, c: Colors): readonly string[] {
  const timed = ms !== null;
  const head = ['', 'MFLOP', 'bytes', ...(timed ? ['ms', 'GFLOPS', 'share'] : []), 'result', 'from', 'kernel'];
  const cells = rows.map((row, index) => [
    String(index),
    mega(row.flops),
    size(row.bytes),
    ...(timed ? [milliseconds(row.ms ?? 0), row.ms === null || row.ms === 0 ? '' : (row.flops / row.ms / 1e6).toFixed(1), share(row.ms, whole)] : []),
    row.result,
    row.origin.join(' '),
    `${row.name}${row.shape === '' ? '' : `   ${c.dim([row.shape, ...(row.tile === null ? [] : [row.tile])].join('; '))}`}`,
  ]);
  const texts = timed ? 6 : 3;
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => line[column].length)));
  const line = (values: readonly string[]): string =>
    `  ${values.map((value, column) => (column === values.length - 1 ? value : column >= texts ? value.padEnd(widths[column]) : value.padStart(widths[column]))).join('  ')}`.trimEnd();
  return [c.dim(line(head)), ...cells.map(line)];
}

function share(ms: number | null, whole: number | null): string {
  return ms === null || whole === null || whole === 0 ? '' : `${((100 * ms) / whole).toFixed(1)}%`;
}

function mega(flops: number): string {
  return flops >= 1e8 ? (flops / 1e6).toFixed(0) : flops >= 1e4 ? (flops / 1e6).toFixed(2) : flops === 0 ? '0' : (flops / 1e6).toFixed(4);
}

function size(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  return bytes < 10_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function milliseconds(ms: number): string {
  return ms === 0 ? '0' : ms >= 1 ? ms.toPrecision(4) : ms.toPrecision(3);
}
