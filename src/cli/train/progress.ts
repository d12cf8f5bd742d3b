import { MultiBar } from 'cli-progress';
import type { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { pace, plainLine, table } from './progressText.ts';
import type { ProgressRow, ProgressState } from './progressText.ts';
import { RateMeter } from './rateMeter.ts';

export interface ProgressOptions {
  /** Where to write, normally `process.stderr`; what it says of itself (`isTTY`) decides how. */
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** The last step. */
  readonly total: number;
  /** The step that training begins after; above 0 when it resumes. Default 0. */
  readonly start?: number;
  /** Whether to colour; see {@link wantsColour}. */
  readonly colour: boolean;
  /** Milliseconds from any origin. Default `performance.now`. */
  readonly now?: () => number;
}

/** Shows how training goes on. */
export interface Progress {
  /** Call after every step; it draws as often as is useful. */
  update(step: number, rows: readonly ProgressRow[]): void;
  /** Prints a line above what is shown. */
  log(message: string): void;
  /** Draws the last state and gives the terminal back. Must be called, on errors too: the cursor is hidden until then. */
  stop(): void;
}

/** Whether to colour what goes to a stream (https://no-color.org): on terminals, unless NO_COLOR is set to something. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/**
 * On a terminal a bar with the rate and the time left and below it a table of the terms, redrawn in place; elsewhere a plain
 * line now and then: at most one in five seconds, at least one a minute, about twenty where the run takes minutes.
 */
export function progress(options: ProgressOptions): Progress {
  const { total, start = 0, now = () => performance.now() } = options;
  const meter = new RateMeter();
  meter.add(start, now());
  let state: ProgressState = { step: start, total, rate: undefined, rows: [] };
  const view = options.stream.isTTY === true ? terminalView(options, now) : plainView(options, now);
  return {
    update(step, rows) {
      meter.add(step, now());
      state = { step, total, rate: meter.rate, rows };
      view.show(state);
    },
    log: view.log,
    stop: () => view.stop(state),
  };
}

interface View {
  readonly show: (state: ProgressState) => void;
  readonly log: (message: string) => void;
  readonly stop: (state: ProgressState) => void;
}

const FRAME_MS = 100;

function terminalView({ stream, total, start = 0, colour }: ProgressOptions, now: () => number): View {
  const colours = pc.createColors(colour);
  const bars = new MultiBar({
    stream,
    hideCursor: true,
    barsize: 28,
    autopadding: true,
    // a message moves every line down, also those whose text stays
    forceRedraw: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: `  ${colours.cyan('{bar}')} ${colours.bold('{percentage}%')}  {pace}`,
  });
  const main = bars.create(total, start, { pace: pace({ step: start, total, rate: undefined, rows: [] }) });
  const lines: SingleBar[] = [];
  let drawn = -Infinity;

  const set = (state: ProgressState): void => {
    main.update(state.step, { pace: pace(state) });
    table(state.rows).forEach((content, index) => {
      lines[index] ??= bars.create(1, 0, { line: '' }, { format: '{line}' });
      lines[index].update(0, { line: index === 0 ? colours.dim(content) : content });
    });
  };
  // its own timer draws only when the event loop is free, which it may never be while a network is trained
  const draw = (): void => {
    drawn = now();
    bars.update();
  };
  return {
    show(state) {
      if (now() - drawn < FRAME_MS) return;
      set(state);
      draw();
    },
    log(message) {
      bars.log(`${message}\n`);
      draw();
    },
    stop(state) {
      set(state);
      bars.stop();
    },
  };
}

/** A line is due after so many milliseconds and such a share of the run, or after a minute. */
const LINE = { least: 5_000, share: 0.05, most: 60_000 } as const;

function plainView({ stream, start = 0 }: ProgressOptions, now: () => number): View {
  let shown = { step: start, at: now() };
  const print = (state: ProgressState): void => {
    shown = { step: state.step, at: now() };
    stream.write(`${plainLine(state)}\n`);
  };
  return {
    show(state) {
      const waited = now() - shown.at;
      const moved = state.step - shown.step;
      if (waited >= LINE.most || (waited >= LINE.least && moved >= LINE.share * state.total)) print(state);
    },
    log: (message) => void stream.write(`${message}\n`),
    stop(state) {
      if (state.step > shown.step) print(state);
    },
  };
}
