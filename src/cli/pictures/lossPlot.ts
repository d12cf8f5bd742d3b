import { movingAverage, smoothingWindow } from './curves.ts';
import { PANEL_WIDTH, plotPanel } from './plotPanel.ts';
import type { PanelSeries } from './plotPanel.ts';
import { FONT_FAMILY, rasterize } from './rasterize.ts';
import { element, fittedText, text } from './svg.ts';

/** One curve: a value for each recorded step; values that are not finite leave a gap. */
export interface LossSeries {
  /** As the legend shows it: `discriminator`, `wasserstein`, `10·gp`. */
  readonly label: string;
  readonly values: ArrayLike<number>;
}

export interface LossPanel {
  readonly title: string;
  readonly series: readonly LossSeries[];
  /** What the vertical axis measures. Default `loss`. */
  readonly axis?: string;
  /** The step numbers of this panel's values, where they are not those of the plot. */
  readonly steps?: ArrayLike<number>;
}

export interface LossPlot {
  /** For example the objective, `wasserstein + 10*gp`. */
  readonly title: string;
  /** For example the data and the batch size. */
  readonly subtitle?: string;
  /** The step numbers that the values belong to, ascending. */
  readonly steps: ArrayLike<number>;
  /** From top to bottom, for example the players' losses and then what they are made of; panels without series are left out. */
  readonly panels: readonly LossPanel[];
}

/** Okabe and Ito's colours (2008), told apart by colour-blind readers; yellow, which is too light for a line, is left out. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#444444'] as const;
const DASHES = [undefined, '10 6', '3 5'] as const;

const WIDTH = 1600;
const MARGIN = 40;
const HEADER = { title: 62, subtitle: 98, height: 88, heightWithSubtitle: 128 } as const;
const PANEL_HEIGHT = 400;
const FOOTER = 56;

/**
 * The losses of a training run as an SVG document, 1600 wide: one panel over the other on a common axis of steps. Every recorded
 * value is a faint line; over it lies a moving average. Deterministic: the same numbers give the same text.
 */
export function lossPlotSvg(plot: LossPlot): string {
  const shown = plot.panels.filter((panel) => panel.series.length > 0);
  const top = plot.subtitle === undefined ? HEADER.height : HEADER.heightWithSubtitle;
  const height = top + shown.length * PANEL_HEIGHT + FOOTER;
  const range = stepRange([plot.steps, ...shown.map((panel) => panel.steps ?? [])]);

  let colour = 0;
  let hidden = 0;
  const panels = shown.map(({ title, series, axis = 'loss', steps = plot.steps }, index) => {
    const window = smoothingWindow(steps.length);
    const styled = series.map((one): PanelSeries => {
      const style = { colour: COLOURS[colour % COLOURS.length]!, dash: DASHES[Math.floor(colour / COLOURS.length) % DASHES.length] };
      colour += 1;
      return { ...one, ...style, smooth: movingAverage(one.values, window) };
    });
    const panel = plotPanel({ title, axis, series: styled, steps, range, height: PANEL_HEIGHT, axisTitle: index === shown.length - 1, id: `panel${index}` });
    hidden += panel.hidden;
    return element('g', { transform: `translate(${MARGIN} ${top + index * PANEL_HEIGHT})` }, panel.svg);
  });

  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`, 'font-family': `${FONT_FAMILY}, Helvetica, Arial, sans-serif` },
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    fittedText(plot.title, PANEL_WIDTH, 36, { x: MARGIN, y: HEADER.title, 'font-weight': 700, fill: '#111111' }),
    plot.subtitle === undefined ? '' : fittedText(plot.subtitle, PANEL_WIDTH, 24, { x: MARGIN, y: HEADER.subtitle, fill: '#555555' }),
    ...panels,
    text(caption(smoothingWindow(plot.steps.length), hidden), { x: MARGIN + PANEL_WIDTH, y: height - 22, 'font-size': 20, fill: '#777777', 'text-anchor': 'end' }),
  );
}

/** {@link lossPlotSvg} as a PNG file. Rejects with a DataError (GL7004) where the optional drawing packages are missing. */
export function lossPlot(plot: LossPlot): Promise<Uint8Array> {
  return rasterize(lossPlotSvg(plot), WIDTH);
}

function caption(window: number, hidden: number): string {
  const parts = [
    window > 1 ? `faint: every value; bold: mean over ${window}` : '',
    hidden > 0 ? `${hidden} ${hidden === 1 ? 'value lies' : 'values lie'} beyond the axes` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function stepRange(axes: readonly ArrayLike<number>[]): readonly [number, number] {
  const ends = axes.filter((steps) => steps.length > 0).flatMap((steps) => [steps[0]!, steps[steps.length - 1]!]);
  const first = Math.min(...ends, Infinity);
  const last = Math.max(...ends, -Infinity);
  if (first > last) return [0, 1];
  // a run that begins at step 1 is drawn from 0, where its axis has a label
  return [first < last / 20 ? 0 : first, last > first ? last : first + 1];
}
