/** A stream of pseudo-random numbers; the same seed words give the same stream on every machine. */
export interface Random {
  /** 32 random bits. */
  bits(): number;
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** A uniform integer in [0, bound). */
  below(bound: number): number;
  /** Standard normal (Box and Muller, 1958). */
  normal(): number;
}

/**
 * The generator sfc32 of Chris Doty-Humphrey's PractRand, seeded with up to three 32-bit words.
 * Words that differ in one bit give unrelated streams, so `(seed, epoch)` may be passed as it is.
 */
export function random(seed: number, stream = 0, substream = 0): Random {
  let a = seed >>> 0;
  let b = stream >>> 0;
  let c = substream >>> 0;
  let counter = 1;

  const bits = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return sum >>> 0;
  };
  const uniform = (): number => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992;

  // PractRand's own seeding runs this many rounds before the first output is used
  for (let round = 0; round < 15; round++) bits();
  return {
    bits,
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** A uniformly random order of 0 … count-1 (Fisher and Yates). */
export function permutation(count: number, source: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = source.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}
