/** JSON that tells all numbers apart, −0, infinities and NaN included: equal texts are equal values. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'number' && (!Number.isFinite(each) || Object.is(each, -0)) ? `#${Object.is(each, -0) ? '-0' : each}` : each));
}
