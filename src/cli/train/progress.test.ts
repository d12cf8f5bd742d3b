import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progress, wantsColour } from './progress.ts';
import type { Progress } from './progress.ts';

interface Screen {
  readonly stream: PassThrough & { readonly isTTY?: boolean };
  /** What was written, byte by byte. */
  readonly raw: () => string;
  /** What a terminal shows after it. */
  readonly lines: () => readonly string[];
}

function screen(terminal: boolean): Screen {
  const stream = new PassThrough({ encoding: 'utf8' });
  let written = '';
  const write = stream.write.bind(stream);
  const recording = Object.assign(stream, {
    ...(terminal && { isTTY: true, columns: 100 }),
    write: (chunk: string): boolean => {
      written += chunk;
      return write(chunk);
    },
  });
  return { stream: recording, raw: () => written, lines: () => displayed(written) };
}

/** The little of a terminal that is needed: line feeds, and moving and clearing by escape sequences. */
function displayed(written: string): readonly string[] {
  const lines: string[] = [''];
  let [x, y] = [0, 0];
  for (const [, text, count, action] of written.matchAll(/([^\x1b]+)|\x1b\[\??(\d*)([A-Za-z])/g)) {
    if (text !== undefined) {
      for (const character of text) {
        if (character === '\n') [x, y] = [0, y + 1];
        else {
          const line = (lines[y] ?? '').padEnd(x);
          lines[y] = line.slice(0, x) + character + line.slice(x + 1);
          x += 1;
        }
        lines[y] ??= '';
      }
      continue;
    }
    const amount = count === '' ? 1 : Number(count);
    if (action === 'A') y = Math.max(0, y - amount);
    if (action === 'G') x = amount - 1;
    if (action === 'K') lines[y] = count === '' || count === '0' ? (lines[y] ?? '').slice(0, x) : '';
    if (action === 'J') lines.splice(y + 1);
  }
  return lines.map((line) => line.trimEnd());
}

/** Eight steps of half a second. */
function train(view: Progress, clock: { at: number }): void {
  for (let step = 1; step <= 8; step++) {
    clock.at += 500;
    view.update(step, [{ label: 'loss', discriminator: -step, generator: step }, { label: '10·gp', discriminator: 0.25 }]);
    if (step === 4) view.log('samples: out/samples-4.png');
  }
}

describe('progress', () => {
  it('draws a bar and a table in place on a terminal, with messages above', () => {
    const { stream, lines, raw } = screen(true);
    const clock = { at: 0 };
    const view = progress({ stream, total: 16, colour: false, now: () => clock.at });
    train(view, clock);
    view.stop();
    expect(lines()).toEqual([
      'samples: out/samples-4.png',
      '  ██████████████░░░░░░░░░░░░░░  50%  8/16  2.00 steps/s  0:04 left',
      '         discriminator      generator',
      '  loss          −8.000          8.000',
      '  10·gp         0.2500              –',
      '',
    ]);
    expect(raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw().lastIndexOf('\x1b[?25l'));
  });

  it('colours only when asked to', () => {
    const run = (colour: boolean): string => {
      const { stream, raw } = screen(true);
      const view = progress({ stream, total: 4, colour, now: () => 0 });
      view.update(1, []);
      view.stop();
      return raw();
    };
    expect(run(true)).toContain('\x1b[36m');
    expect(run(false)).not.toContain('\x1b[36m');
  });

  it('writes plain lines elsewhere: the last state, and now and then before', () => {
    const { stream, raw } = screen(false);
    const clock = { at: 0 };
    const view = progress({ stream, total: 16, colour: false, now: () => clock.at });
    train(view, clock);
    view.stop();
    expect(raw().split('\n')).toEqual([
      'samples: out/samples-4.png',
      'step 8/16 (50%)  2.00 steps/s  0:04 left; loss D −8.000 G 8.000; 10·gp D 0.2500',
      '',
    ]);
  });

  it('keeps logs short when steps are fast and alive when they are slow', () => {
    const count = (steps: number, milliseconds: number): number => {
      const { stream, raw } = screen(false);
      const clock = { at: 0 };
      const view = progress({ stream, total: steps, colour: false, now: () => clock.at });
      for (let step = 1; step <= steps; step++) {
        clock.at += milliseconds;
        view.update(step, []);
      }
      view.stop();
      return raw().split('\n').length - 1;
    };
    expect(count(1_500, 160)).toBe(20);
    expect(count(1_500, 1)).toBe(1);
    expect(count(1_500, 30_000)).toBe(750);
  });
});

describe('wantsColour', () => {
  it('needs a terminal and no NO_COLOR', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
  });
});
