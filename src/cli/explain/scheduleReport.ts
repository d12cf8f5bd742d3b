import { describePlan, planContraction } from '../../codegen/wasm/contraction/plan.ts';
import { bytesOf, flopsOf } from '../../schedule/work.ts';
import { writesOf } from '../../schedule/effects.ts';
import type { PlacedSchedule } from '../../schedule/types.ts';
import { formatStart, type Span } from '../../support/source.ts';

/** The name of the sources that stand for layers of networks; their text is the layer's name. */
const LAYER = '<layer>';

/** A kernel as `explain --schedule` lists it. */
export interface KernelRow {
  /** What it computes, and how: `dot_general + add`, `contraction [64] × [64] over 64`. */
  readonly name: string;
  readonly kind: string;
  readonly shape: string;
  /** How WebAssembly computes a contraction: `outer 2×16, packed`; null for other kernels and targets. */
  readonly tile: string | null;
  /** What it writes: `f32[64, 64]`. */
  readonly result: string;
  readonly flops: number;
  /** Of every tensor that it reads or writes, once. */
  readonly bytes: number;
  /** Where in the specification it comes from. */
  readonly origin: readonly string[];
  /** The least time that a run took, ms; null where it was not run. */
  readonly ms: number | null;
}

/** One program of a step. */
export interface ProgramRow {
  readonly name: string;
  readonly kernels: readonly KernelRow[];
  readonly flops: number;
  readonly bytes: number;
  /** Of temporaries, bytes: the most that are alive at once, and what they take. */
  readonly peak: PlacedSchedule['peak'];
  readonly ms: number | null;
}

export interface PlacedProgram {
  readonly name: string;
  readonly schedule: PlacedSchedule;
}

/** @param times of each kernel, by program; empty where nothing was run */
export function scheduleReport(programs: readonly PlacedProgram[], times: ReadonlyMap<string, readonly number[]> = new Map(), target: 'wasm' | 'js' = 'wasm'): readonly ProgramRow[] {
  return programs.map(({ name, schedule }) => {
    const kernels = schedule.kernels.map((scheduled, index): KernelRow => {
      const { kernel, name: what, origin } = scheduled;
      return {
        name: what,
        kind: kernel.kind,
        shape: shapeOf(kernel),
        tile: kernel.kind === 'contraction' && target === 'wasm' ? describePlan(planContraction(kernel)) : null,
        result: [...writesOf(kernel)].map((buffer) => `${schedule.buffers[buffer].dtype}[${schedule.buffers[buffer].shape.join(', ')}]`).join(', '),
        flops: flopsOf(kernel),
        bytes: bytesOf(kernel, schedule),
        origin: placesOf(origin),
        ms: times.get(name)?.[index] ?? null,
      };
    });
    const sum = (of: (row: KernelRow) => number): number => kernels.reduce((total, row) => total + of(row), 0);
    return { name, kernels, flops: sum(({ flops }) => flops), bytes: sum(({ bytes }) => bytes), peak: schedule.peak, ms: times.has(name) ? sum(({ ms }) => ms ?? 0) : null };
  });
}

/** Positions in the specification, and the layers of networks. */
function placesOf(origin: readonly Span[]): readonly string[] {
  return [...new Set(origin.map((span) => (span.source.name === LAYER ? span.source.text : formatStart(span))))];
}

function shapeOf(kernel: PlacedSchedule['kernels'][number]['kernel']): string {
  const sizes = (dims: readonly { readonly size: number }[]): string => dims.map(({ size }) => size).join('·');
  switch (kernel.kind) {
    case 'loops':
      return `${kernel.space.join('×') || '1'}${kernel.reduced.length === 0 ? '' : ` over ${kernel.reduced.join('×')}`}`;
    case 'contraction': {
      const { batch, rows, windows, contracted, columns } = kernel;
      const taps = windows.map((window) => window.taps).join('×');
      const parts = [sizes([...batch]), sizes([...rows, ...windows]), sizes([...columns])].filter((part) => part !== '');
      return `${parts.join('×') || '1'} over ${[sizes(contracted), taps].filter((part) => part !== '').join('·') || '1'}`;
    }
    case 'scatter':
    case 'select_and_scatter':
      return '';
    default:
      return kernel satisfies never;
  }
}
