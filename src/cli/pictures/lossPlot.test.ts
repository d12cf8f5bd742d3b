import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { random } from '../data/random.ts';
import { lossPlot, lossPlotSvg } from './lossPlot.ts';
import type { LossPlot } from './lossPlot.ts';
import { escapeXml, fittedText } from './svg.ts';

function run(length: number): LossPlot {
  const source = random(1);
  const noisy = (level: number): readonly number[] => Array.from({ length }, (_, step) => level + 3 * Math.exp(-step / 50) + 0.3 * source.normal());
  return {
    title: 'wasserstein + 10*gp',
    subtitle: 'MNIST, batch 32',
    steps: Array.from({ length }, (_, step) => step + 1),
    panels: [
      { title: 'Players', series: [{ label: 'discriminator', values: noisy(-2) }, { label: 'generator', values: noisy(1) }] },
      { title: 'Terms', series: [{ label: 'wasserstein', values: noisy(-2.5) }, { label: '10·gp', values: noisy(0.4) }] },
      { title: 'Distance', axis: 'distance', steps: [0, length], series: [{ label: 'samples', values: [0.3, 0.1] }] },
      { title: 'Nothing', series: [] },
    ],
  };
}

describe('lossPlotSvg', () => {
  const svg = lossPlotSvg(run(400));

  it('names the run, the axes, the terms and how the curves were smoothed', () => {
    for (const words of ['wasserstein + 10*gp', 'MNIST, batch 32', 'discriminator', 'generator', 'wasserstein', '10·gp', 'loss', 'distance', 'step', 'mean over 11']) {
      expect(svg).toContain(`>${words === 'mean over 11' ? 'faint: every value; bold: mean over 11' : words}`);
    }
    expect(svg).not.toContain('Nothing');
    expect(svg).not.toContain('NaN');
  });

  it('draws a raw and a smoothed line for each series', () => {
    expect(svg.match(/<path /g)).toHaveLength(10);
    expect(svg.match(/stroke-opacity="0\.28"/g)).toHaveLength(5);
  });

  it('is the same for the same numbers, and small for long runs', () => {
    expect(lossPlotSvg(run(400))).toBe(svg);
    expect(lossPlotSvg(run(100_000)).length).toBeLessThan(300_000);
  });

  it('counts what the axes do not reach', () => {
    const values = [1e9, ...Array.from({ length: 99 }, (_, index) => index % 7)];
    const plot = { title: 't', steps: values.map((_, step) => step), panels: [{ title: 'p', series: [{ label: 'l', values }] }] };
    expect(lossPlotSvg(plot)).toContain('1 value lies beyond the axes');
  });

  it('escapes what the user wrote', () => {
    const plot = { title: '<a> & "b"', steps: [1], panels: [{ title: 'p', series: [{ label: '<script>', values: [1] }] }] };
    expect(lossPlotSvg(plot)).toContain('&lt;a&gt; &amp; &quot;b&quot;');
    expect(lossPlotSvg(plot)).not.toContain('<script>');
  });
});

describe('lossPlot', () => {
  it('is a picture 1,600 wide in which each colour of the curves appears, and text', async () => {
    const { data, width, height, channels } = decode(await lossPlot(run(200)), { checkCrc: true });
    expect([width, height]).toEqual([1600, 128 + 3 * 400 + 56]);
    const count = (test: (red: number, green: number, blue: number, pixel: number) => boolean): number => {
      let found = 0;
      for (let pixel = 0; pixel < width * height; pixel++) if (test(data[channels * pixel]!, data[channels * pixel + 1]!, data[channels * pixel + 2]!, pixel)) found += 1;
      return found;
    };
    for (const [red, green, blue] of [[0x00, 0x72, 0xb2], [0xd5, 0x5e, 0x00], [0x00, 0x9e, 0x73], [0xcc, 0x79, 0xa7]]) {
      expect(count((r, g, b) => r === red && g === green && b === blue)).toBeGreaterThan(500);
    }
    // the title is the only dark thing in the first 70 rows: without a font there would be nothing
    expect(count((r, _, __, pixel) => pixel < 70 * width && r < 60)).toBeGreaterThan(1_000);
  });

  it.each([0, 1, 2])('draws a run of %d steps', async (length) => {
    expect(decode(await lossPlot(run(length))).width).toBe(1600);
  });

  it('draws a run that became NaN', async () => {
    const plot = { title: 't', steps: [1, 2, 3], panels: [{ title: 'p', series: [{ label: 'a', values: [NaN, NaN, NaN] }, { label: 'b', values: [1, Infinity, NaN] }] }] };
    expect(lossPlotSvg(plot)).not.toMatch(/NaN|Infinity/);
    expect(decode(await lossPlot(plot)).width).toBe(1600);
  });
});

describe('svg text', () => {
  it('replaces what XML does not allow', () => {
    expect(escapeXml('a\u0000<b>\n')).toBe('a\ufffd&lt;b&gt;\n');
  });

  it('shrinks long lines, then cuts them', () => {
    expect(fittedText('short', 400, 20, {})).toBe('<text font-size="20">short</text>');
    expect(fittedText('a'.repeat(40), 400, 20, {})).toContain('font-size="18.52"');
    expect(fittedText('a'.repeat(100), 400, 20, {})).toMatch(/font-size="13">a{55}…</);
  });
});
