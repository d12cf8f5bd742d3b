import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Point } from './curves.ts';
import { robustRange, thinned } from './curves.ts';
import { element, fittedText, text } from './svg.ts';

/** A curve with its looks. */
export interface PanelSeries {
  readonly label: string;
  readonly values: ArrayLike<number>;
  readonly smooth: ArrayLike<number>;
  readonly colour: string;
  readonly dash?: string | undefined;
}

export interface Panel {
  readonly title: string;
  /** The title of the vertical axis. */
  readonly axis: string;
  readonly steps: ArrayLike<number>;
  /** The steps at the ends of the horizontal axis. */
  readonly range: readonly [number, number];
  readonly series: readonly PanelSeries[];
  readonly height: number;
  /** Whether the horizontal axis gets its title here. */
  readonly axisTitle: boolean;
  /** Unique within the document. */
  readonly id: string;
}

export const PANEL_WIDTH = 1520;
const FRAME = { left: 104, right: 1140, top: 48, bottom: 56 } as const;
const LEGEND = { left: 1172, line: 44, textLeft: 1232, valueRight: PANEL_WIDTH, valueWidth: 76 } as const;
/** The share of each curve's outermost values that the vertical axis need not reach. */
const TAIL = 0.025;
/** Up to so many steps, each is a dot. */
const FEW = 30;
const INK = '#333333';

/** Draws curves over steps in a frame with axes and a legend. `hidden` counts the values that the vertical axis does not reach. */
export function plotPanel(panel: Panel): { readonly svg: string; readonly hidden: number } {
  const { steps, series, height, id } = panel;
  const frameBottom = height - FRAME.bottom;
  const x = scaleLinear(panel.range, [FRAME.left, FRAME.right]);
  const values = robustRange([...series.map((one) => one.smooth), ...series.map((one) => one.values)], TAIL);
  // a quantity that is never negative has an axis that is not either
  const floor = series.every((one) => Array.from(one.values).every((value) => !(value < 0))) ? 0 : -Infinity;
  const y = scaleLinear([Math.max(values[0], floor), values[1]], [frameBottom, FRAME.top]).nice(5);
  const [low, high] = y.domain() as [number, number];
  const hidden = series.reduce((sum, one) => sum + Array.from(one.values).filter((value) => value < low || value > high).length, 0);

  const path = line<Point>().x(([step]) => x(step)).y(([, value]) => y(value)).defined(([, value]) => !Number.isNaN(value)).digits(1);
  const curve = (values: ArrayLike<number>): string => path(thinned(steps, values, FRAME.right - FRAME.left)) ?? '';
  const stroke = (one: PanelSeries, width: number, opacity: number, values: ArrayLike<number>): string =>
    element('path', { d: curve(values), fill: 'none', stroke: one.colour, 'stroke-width': width, 'stroke-opacity': opacity, 'stroke-dasharray': one.dash, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' });

  const dots = (one: PanelSeries): string => Array.from({ length: steps.length }, (_, index) => index)
    .filter((index) => Number.isFinite(one.values[index]!) && one.values[index]! >= low && one.values[index]! <= high)
    .map((index) => element('circle', { cx: x(steps[index]!), cy: y(one.values[index]!), r: 6, fill: one.colour }))
    .join('');

  const svg = [
    element('clipPath', { id }, element('rect', { x: FRAME.left, y: FRAME.top, width: FRAME.right - FRAME.left, height: frameBottom - FRAME.top })),
    text(panel.title, { x: FRAME.left, y: FRAME.top - 18, 'font-size': 24, 'font-weight': 700, fill: INK }),
    ...y.ticks(5).map((tick) => horizontal(y(tick), tick, y.tickFormat(5)(tick))),
    ...x.ticks(8).filter(Number.isInteger).map((tick) => vertical(x(tick), frameBottom, x.tickFormat(8, ',d')(tick))),
    element('line', { x1: FRAME.left, x2: FRAME.right, y1: frameBottom, y2: frameBottom, stroke: INK, 'stroke-width': 1.5 }),
    text(panel.axis, { 'font-size': 22, fill: INK, 'text-anchor': 'middle', transform: `translate(22 ${(FRAME.top + frameBottom) / 2}) rotate(-90)` }),
    panel.axisTitle ? text('step', { x: (FRAME.left + FRAME.right) / 2, y: height + 10, 'font-size': 22, fill: INK, 'text-anchor': 'middle' }) : '',
    element('g', { 'clip-path': `url(#${id})` }, ...series.map((one) => stroke({ ...one, dash: undefined }, 1.2, 0.28, one.values)), ...series.map((one) => stroke(one, 3.5, 1, one.smooth))),
    ...(steps.length <= FEW ? series.map((one) => dots(one)) : []),
    ...series.map((one, index) => legendEntry(one, FRAME.top + 20 + index * legendPitch(series.length, frameBottom))),
  ];
  return { svg: svg.join(''), hidden };
}

function horizontal(at: number, value: number, label: string): string {
  return element('line', { x1: FRAME.left, x2: FRAME.right, y1: at, y2: at, stroke: value === 0 ? '#9a9a9a' : '#e4e4e4', 'stroke-width': 1.5 })
    + text(label, { x: FRAME.left - 14, y: at + 7.5, 'font-size': 22, fill: INK, 'text-anchor': 'end' });
}

function vertical(at: number, bottom: number, label: string): string {
  return element('line', { x1: at, x2: at, y1: bottom, y2: bottom + 8, stroke: INK, 'stroke-width': 1.5 })
    + text(label, { x: at, y: bottom + 33, 'font-size': 22, fill: INK, 'text-anchor': 'middle' });
}

/** The distance between legend entries: 64, or less where there are many. */
function legendPitch(entries: number, bottom: number): number {
  return Math.min(64, (bottom - FRAME.top) / Math.max(1, entries));
}

/** A piece of the curve, its name, and the value where it ends. */
function legendEntry(one: PanelSeries, at: number): string {
  const last = lastFinite(one.smooth);
  return element('line', { x1: LEGEND.left, x2: LEGEND.left + LEGEND.line, y1: at, y2: at, stroke: one.colour, 'stroke-width': 4, 'stroke-dasharray': one.dash, 'stroke-linecap': 'round' })
    + fittedText(one.label, LEGEND.valueRight - LEGEND.valueWidth - LEGEND.textLeft, 24, { x: LEGEND.textLeft, y: at + 8, fill: '#111111' })
    + (last === undefined ? '' : text(last, { x: LEGEND.valueRight, y: at + 8, 'font-size': 22, fill: '#777777', 'text-anchor': 'end' }));
}

function lastFinite(values: ArrayLike<number>): string | undefined {
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index]!;
    if (Number.isFinite(value)) return value.toPrecision(3).replace('-', '−');
  }
  return undefined;
}
