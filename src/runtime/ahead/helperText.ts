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
  forEachBlock(seed, name, step, to.length, (block, start) => {
    // what a typed array is given beyond its end it forgets
    for (let lane = 0; lane < 4; lane += 1) to[start + lane] = (block[lane] >>> 8) * 2 ** -24;
  });
}`,
  normals: `/** Standard normals, by Box and Muller. */
function normals(to, seed, name, step) {
  forEachBlock(seed, name, step, to.length, (block, start) => {
    for (let lane = 0; lane < 4; lane += 2) {
      // half a unit keeps the logarithm finite
      const radius = Math.sqrt(-2 * Math.log((block[lane] + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * block[lane + 1] * 2 ** -32;
      to[start + lane] = radius * Math.cos(angle);
      to[start + lane + 1] = radius * Math.sin(angle);
    }
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
function forEachBlock(seed, name, step, length, visit) {
  let stream = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) stream = Math.imul(stream ^ name.charCodeAt(index), 0x01000193);
  const block = new Uint32Array(4);
  for (let start = 0, counter = 0; start < length; start += 4, counter += 1) {
    let a = counter | 0;
    let b = step | 0;
    let c = stream | 0;
    let d = 0x67616e6c;
    let k0 = seed | 0;
    let k1 = Math.floor(seed / 2 ** 32) | 0;
    for (let round = 0; round < 10; round += 1) {
      const high0 = multiplyHigh(0xd2511f53, a);
      const low0 = Math.imul(0xd2511f53, a);
      const high1 = multiplyHigh(0xcd9e8d57, c);
      const low1 = Math.imul(0xcd9e8d57, c);
      a = high1 ^ b ^ k0;
      b = low1;
      c = high0 ^ d ^ k1;
      d = low0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    block[0] = a;
    block[1] = b;
    block[2] = c;
    block[3] = d;
    visit(block, start);
  }
}

/** The upper half of the 64-bit product of two 32-bit words. */
function multiplyHigh(x, y) {
  const [xl, xh, yl, yh] = [x & 0xffff, x >>> 16, y & 0xffff, y >>> 16];
  const left = Math.imul(xh, yl);
  const right = Math.imul(xl, yh);
  const cross = (Math.imul(xl, yl) >>> 16) + (left & 0xffff) + (right & 0xffff);
  return (Math.imul(xh, yh) + (left >>> 16) + (right >>> 16) + (cross >>> 16)) | 0;
}`;
