/** What a line of the progress table shows: a term, or the whole loss, and its value for each player that has it. */
export interface ProgressRow {
  readonly label: string;
  readonly discriminator?: number | undefined;
  readonly generator?: number | undefined;
}

/** Where training is. */
export interface ProgressState {
  readonly step: number;
  readonly total: number;
  /** Steps a second. */
  readonly rate: number | undefined;
  readonly rows: readonly ProgressRow[];
}

const VALUE_WIDTH = 15;

/** `570/1,500  12.3 steps/s  1:16 left`. */
export function pace({ step, total, rate }: ProgressState): string {
  const counted = `${step.toLocaleString('en-US')}/${total.toLocaleString('en-US')}`;
  if (step >= total || rate === undefined) return counted;
  return `${counted}  ${speed(rate)}  ${duration((total - step) / rate)} left`;
}

/** A header and a line for each row, in columns. Empty without rows. */
export function table(rows: readonly ProgressRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const cells = (label: string, ...values: readonly string[]): string => `  ${label.padEnd(labelWidth)}${values.map((value) => value.padStart(VALUE_WIDTH)).join('')}`;
  return [cells('', 'discriminator', 'generator'), ...rows.map((row) => cells(row.label, figure(row.discriminator), figure(row.generator)))];
}

/** Everything on one line, for logs: `step 570/1,500 (38%)  12.3 steps/s  1:16 left; loss D −1.24 G 1.90; 10·gp D 0.41`. */
export function plainLine(state: ProgressState): string {
  const percent = `(${Math.floor((100 * state.step) / Math.max(1, state.total))}%)`;
  const [counted, ...rest] = pace(state).split('  ');
  const terms = state.rows.map(({ label, discriminator, generator }) =>
    [label, discriminator === undefined ? '' : `D ${figure(discriminator)}`, generator === undefined ? '' : `G ${figure(generator)}`].filter((part) => part !== '').join(' '));
  return [[`step ${counted} ${percent}`, ...rest].join('  '), ...terms].join('; ');
}

/** Four figures with a real minus sign; a dash for a player that the term has no part for. */
export function figure(value: number | undefined): string {
  if (value === undefined) return '–';
  const text = Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(2) : Number.isFinite(value) ? value.toPrecision(4) : String(value);
  return text.replace('-', '−');
}

/** `0:07`, `12:34` or `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `12.3 steps/s`, or for slow ones `4.1 s/step`. */
export function speed(rate: number): string {
  return rate >= 1 ? `${rate.toPrecision(3)} steps/s` : `${(1 / rate).toPrecision(2)} s/step`;
}
