/** How long a sample counts, in milliseconds: long enough to be steady, short enough to follow a change of speed. */
const WINDOW = 15_000;
/** Samples nearer than this in time are one. */
const SPACING = 200;

/** Measures steps per second over the last quarter of a minute. */
export class RateMeter {
  private samples: readonly { readonly step: number; readonly at: number }[] = [];

  /** @param at a time in milliseconds, from any origin */
  add(step: number, at: number): void {
    const recent = this.samples.filter((sample) => at - sample.at <= WINDOW);
    // a single old sample stays: steps may take longer than the window
    const kept = recent.length > 0 ? recent : this.samples.slice(-1);
    const previous = kept[kept.length - 2];
    const replacesLast = previous !== undefined && at - previous.at < SPACING;
    this.samples = [...(replacesLast ? kept.slice(0, -1) : kept), { step, at }];
  }

  /** Steps a second; `undefined` before there is anything to measure. */
  get rate(): number | undefined {
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (first === undefined || last === undefined || last.at <= first.at || last.step <= first.step) return undefined;
    return ((last.step - first.step) * 1000) / (last.at - first.at);
  }
}
