/** Functions that a standalone module carries along, as source text; what is not needed is left out. */

export type Helper = 'bytes' | 'put' | 'uniforms' | 'normals' | 'classes' | 'schedule';

const NEEDS: { readonly [H in Helper]: readonly Helper[] } = { bytes: [], put: [], uniforms: [], normals: [], classes: ['uniforms'], schedule: [] };

/** The helpers and what they need in turn, in a fixed order. */
export function helperText(wanted: readonly Helper[]): readonly string[] {
  const all = new Set(wanted.flatMap((helper) => [helper, ...NEEDS[helper]]));
  const parts = (Object.keys(TEXT) as readonly Helper[]).filter((helper) => all.has(helper)).map((helper) => TEXT[helper]);
  return all.has('uniforms') || all.has('normals') ? [...parts, PHILOX] : parts;
}

const TEXT: { readonly [H in Helper]: string } = {
  bytes: `/** The bytes of base64. */
function bytes(text) {
  const characters = atob(text);
  const result = new Uint8Array(characters.length);
  for (let index = 0; index < result.length; index += 1) result[index] = characters.charCodeAt(index);
  return result;
}`,
  put: `/** Writes the numbers of a tensor. */
function put(name, values, to, shape) {
  const size = shape.reduce((product, length) => product * length, 1);
  if (values === undefined || values === null) throw new TypeError(\`'\${name}' is missing: [\${shape}] numbers\`);
  if (values.length !== size) throw new RangeError(\`'\${name}' has \${values.length} numbers, not the \${size} of [\${shape}]\`);
  to.set(values);
}`,
  uniforms: `/** Uniform numbers of [0, 1) with 24 random bits each, a function of (seed, name, step). */
function uniforms(to, seed, name, step) {
  forEachWord(seed, name, step, to.length, (word, index) => {
    to[index] = (word >>> 8) * 2 ** -24;
  });
}`,
  normals: `/** Standard normals, by Box and Muller. */
function normals(to, seed, name, step) {
  let first = 0;
  forEachWord(seed, name, step, to.length + (to.length % 2), (word, index) => {
    if (index % 2 === 0) {
      first = word;
      return;
    }
    // half a unit keeps the logarithm finite
    const radius = Math.sqrt(-2 * Math.log((first + 0.5) * 2 ** -32));
    const angle = 2 * Math.PI * word * 2 ** -32;
    to[index - 1] = radius * Math.cos(angle);
    if (index < to.length) to[index] = radius * Math.sin(angle);
  });
}`,
  classes: `/** One class a row, uniformly, as one-hot. */
function classes(to, count, seed, name, step) {
  const draws = new Float32Array(to.length / count);
  uniforms(draws, seed, name, step);
  to.fill(0);
  draws.forEach((draw, row) => {
    to[row * count + Math.floor(draw * count)] = 1;
  });
}`,
  schedule: `/** A scalar that changes from step to step. */
function schedule(fn, [first, to, steps], done) {
  if (fn === 'after') return done >= first ? 1 : 0;
  if (done <= 0) return first;
  if (done >= steps) return to;
  return first + (to - first) * (fn === 'linear' ? done / steps : (1 - Math.cos(Math.PI * (done / steps))) / 2);
}`,
};

const PHILOX = `/** The words of the counter-based generator Philox 4×32-10 (Salmon et al., 2011), keyed by the seed, the step and the draw's name. */
function forEachWord(seed, name, step, length, visit) {
  let stream = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) stream = Math.imul(stream ^ name.charCodeAt(index), 0x01000193);
  for (let counter = 0; counter * 4 < length; counter += 1) {
    let [a, b, c, d] = [counter >>> 0, step >>> 0, stream >>> 0, 0x67616e6c];
    let [k0, k1] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
    for (let round = 0; round < 10; round += 1) {
      const [high0, low0] = [multiplyHigh(0xd2511f53, a), Math.imul(0xd2511f53, a) >>> 0];
      const [high1, low1] = [multiplyHigh(0xcd9e8d57, c), Math.imul(0xcd9e8d57, c) >>> 0];
      [a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0];
      k0 = (k0 + 0x9e3779b9) >>> 0;
      k1 = (k1 + 0xbb67ae85) >>> 0;
    }
    [a, b, c, d].forEach((word, lane) => {
      if (counter * 4 + lane < length) visit(word, counter * 4 + lane);
    });
  }
}

/** The upper half of the 64-bit product of two 32-bit words. */
function multiplyHigh(x, y) {
  const [xl, xh, yl, yh] = [x & 0xffff, x >>> 16, y & 0xffff, y >>> 16];
  const [left, right] = [xh * yl, xl * yh];
  const cross = ((xl * yl) >>> 16) + (left & 0xffff) + (right & 0xffff);
  return (xh * yh + (left >>> 16) + (right >>> 16) + (cross >>> 16)) >>> 0;
}`;
