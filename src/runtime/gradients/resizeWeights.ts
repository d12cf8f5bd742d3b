import type { Attributes } from './rule.ts';

/** Position in the source of target pixel i, and the share of each of its two neighbours. */
interface Weights {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

export type Interpolation = 'nearest' | 'bilinear';

/** Where a pixel of the resized axis comes from. */
export function weightsAt(index: number, from: number, to: number, kind: Interpolation, attributes: Attributes): Weights {
  const { alignCorners, halfPixelCenters } = attributes;
  const aligned = alignCorners === true && to > 1;
  const scale = aligned ? (from - 1) / (to - 1) : from / to;
  const centre = halfPixelCenters === true ? (index + 0.5) * scale : index * scale;
  if (kind === 'nearest') {
    const nearest = alignCorners === true ? Math.round(centre) : Math.floor(centre);
    const clamped = Math.min(nearest, from - 1);
    return { low: clamped, high: clamped, share: 0 };
  }
  const position = Math.max(0, halfPixelCenters === true ? centre - 0.5 : centre);
  const low = Math.min(Math.floor(position), from - 1);
  return { low, high: Math.min(Math.ceil(position), from - 1), share: position - low };
}
