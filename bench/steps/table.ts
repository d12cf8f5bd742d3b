import { rowsOf, CASE_NAMES } from './cases.ts';
import type { RateRow, ResultRow } from './rows.ts';
import { WORK } from './work.ts';

/**
 * Every row, its time against the time of the case's multiply-adds at the rate that the engine reached in this run, and against the
 * fastest row of ganloss. Wrong rows are shown, and compared with nothing.
 */
export function printTable(rows: readonly ResultRow[], rates: readonly RateRow[]): string {
  const hasRates = { plain: rates.some(({ fma }) => !fma), fused: rates.some(({ fma }) => fma) };
  const head = ['system', 'threads', 'min ms', 'median', 'cpu', 'runs', 'first', ...(hasRates.plain ? ['× floor'] : []), ...(hasRates.fused ? ['× floor (FMA)'] : []), '× ganloss', 'note'];
  const blocks = rowsOf(CASE_NAMES).flatMap((row) => {
    const own = rows.filter((one) => one.case === row.case && one.phase === row.phase);
    if (own.length === 0) return [];
    const work = WORK[row.case][row.phase];
    const right = own.filter(({ right }) => right === true);
    const reference = Math.min(...right.filter(({ system }) => system.startsWith('ganloss')).map(({ ms_min }) => ms_min ?? Infinity));
    const plain = best(rates.filter(({ cases, fma }) => !fma && cases.includes(row.case)));
    const fused = best(rates.filter(({ cases, fma }) => fma && cases.includes(row.case)));
    const floor = (rate: RateRow | null): number | null => (rate === null || work === undefined ? null : work.all / rate.gflops / 1e6);
    const cells = own.map((one) => {
      const over = (base: number | null): string => (one.right !== true || one.ms_min === null || base === null || !Number.isFinite(base) ? '' : (one.ms_min / base).toPrecision(3));
      return [
        one.system,
        String(one.threads),
        one.ms_min === null ? '–' : time(one.ms_min),
        one.ms_median === null ? '–' : time(one.ms_median),
        one.cpu_ms === undefined ? '–' : time(one.cpu_ms),
        String(one.runs),
        one.first_ms === undefined ? '–' : time(one.first_ms),
        ...(hasRates.plain ? [over(floor(plain))] : []),
        ...(hasRates.fused ? [over(floor(fused))] : []),
        over(reference),
        one.note,
      ];
    });
    return [[`${row.case} ${row.phase}${work === undefined ? '' : `: ${(work.all / 1e6).toPrecision(4)} MFLOP, without padding ${(work.valid / 1e6).toPrecision(4)}`}${floors(floor(plain), floor(fused))}`, ...align([head, ...cells])].join('\n')];
  });
  return `${[...blocks, ...rateLines(rates)].join('\n\n')}\n`;
}

function floors(plain: number | null, fused: number | null): string {
  const texts = [plain === null ? null : `floor ${time(plain)} ms`, fused === null ? null : `with FMA ${time(fused)} ms`].filter((text) => text !== null);
  return texts.length === 0 ? '' : `; ${texts.join(', ')}`;
}

/** The best rate over a case's shapes: what a step would run at if all of it went as the best of its products. */
function best(rates: readonly RateRow[]): RateRow | null {
  return rates.reduce<RateRow | null>((a, b) => (a === null || b.gflops > a.gflops ? b : a), null);
}

function rateLines(rates: readonly RateRow[]): readonly string[] {
  if (rates.length === 0) return [];
  const lines = rates.map(({ shape, tile, fma, gflops }) => [shape, fma ? 'multiply-add' : 'multiply and add', tile, gflops.toFixed(1)]);
  return [['attainable on one thread', ...align([['shape', 'instructions', 'tile', 'GFLOPS'], ...lines])].join('\n')];
}

function time(ms: number): string {
  return ms >= 10000 ? `${(ms / 1000).toPrecision(3)} s` : ms >= 1000 ? ms.toFixed(0) : ms.toPrecision(3);
}

/** Columns of equal width: the first to the left, numbers to the right, the last as it is. */
function align(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) =>
    `  ${line.map((cell, column) => (column === 0 || column === line.length - 1 ? cell.padEnd(column === 0 ? widths[0] : 0) : cell.padStart(widths[column]))).join('   ')}`.trimEnd(),
  );
}
