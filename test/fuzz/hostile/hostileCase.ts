import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { bytesToHex } from '@noble/hashes/utils';
import { sha256 } from '@noble/hashes/sha2';
import { encode } from 'fast-png';
import { createImportResolver } from '../../../src/cli/files/importResolver.ts';
import { readSpecFile } from '../../../src/cli/files/readSpec.ts';
import { parseNpy } from '../../../src/cli/data/npy.ts';
import { pngPixels } from '../../../src/cli/data/pngPixels.ts';
import { npyFile } from '../../../src/cli/testing/npyFile.ts';
import { checkAll } from './checkAll.ts';
import { fillUniforms } from '../../../src/runtime/random.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/runtime/trainer/checkpoint.ts';
import { SpecError } from '../../../src/support/diagnostic.ts';

// Files as an enemy writes them, or a disk that fails. Whatever they hold, reading them ends in a result or in a diagnostic.

/** The formats that ganloss reads. */
export type Format = 'spec' | 'checkpoint' | 'npy' | 'png';
export const FORMATS: readonly Format[] = ['spec', 'checkpoint', 'npy', 'png'];

/** What is wrong about how a file was read; null where nothing is. */
export type Finding = { readonly seed: number; readonly format: Format; readonly what: string; readonly bytes: Uint8Array } | null;

/** A folder for specifications, beside one that nothing may be read from. */
export interface Hostile {
  readonly run: (seed: number) => Finding;
  readonly close: () => void;
}

/** The longest that reading a small file may take, in milliseconds, on a machine that does other things, too. */
const LONGEST = 5000;
/** The most that reading a small file may add to memory, in bytes. */
const MOST = 256 * 2 ** 20;
const SECRET = 'ganloss_secret_that_no_diagnostic_may_show';

export function openHostile(): Hostile {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'ganloss-hostile-')));
  const project = join(base, 'project');
  mkdirSync(join(project, 'sub'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(join(project, 'sub/terms.ganloss'), 'term extra() { discriminator = mean(square(D(real))) }');
  writeFileSync(join(base, 'secret.ganloss'), `term ${SECRET}() { discriminator = 1 }`);
  const spec = join(project, 'spec.ganloss');

  const readers: { readonly [F in Format]: (bytes: Uint8Array) => string | null } = {
    spec(bytes) {
      writeFileSync(spec, bytes);
      const file = readSpecFile('spec.ganloss', project);
      const imports = createImportResolver(file, project);
      const shown = checkAll(file.source, imports.resolveImport);
      const outside = imports.imported().find((path) => !path.startsWith(`${project}/`));
      if (outside !== undefined) return `it read ${outside}`;
      return shown.includes(SECRET) && !new TextDecoder().decode(bytes).includes(SECRET) ? 'it shows what lies outside the project' : null;
    },
    checkpoint(bytes) {
      const { tensors } = decodeCheckpoint(bytes);
      const wrong = tensors.find(({ shape, data }) => shape.reduce((product, size) => product * size, 1) !== data.length);
      return wrong === undefined ? null : `the tensor ${wrong.name} has not the numbers that its shape needs`;
    },
    npy(bytes) {
      const { images, count, height, width, channels } = parseNpy(bytes, 'x.npy');
      return images.length === count * height * width * channels ? null : 'it has not the pixels that its shape needs';
    },
    png(bytes) {
      const { values, height, width, channels } = pngPixels(bytes, 'x.png');
      return values.length === height * width * channels ? null : 'it has not the pixels that its size needs';
    },
  };

  return {
    run(seed) {
      const random = drawsOf(seed);
      const format = FORMATS[seed % FORMATS.length];
      const bytes = makers[format](random);
      const [start, memory] = [performance.now(), process.memoryUsage().rss];
      let what: string | null;
      try {
        what = readers[format](bytes);
      } catch (error) {
        what = isDiagnostic(error) ? null : `it throws ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
      }
      const [time, grown] = [performance.now() - start, process.memoryUsage().rss - memory];
      if (time > LONGEST) what ??= `it takes ${time.toFixed(0)} ms`;
      if (grown > MOST) what ??= `it takes ${(grown / 2 ** 20).toFixed(0)} MiB`;
      return what === null ? null : { seed, format, what, bytes };
    },
    close: () => rmSync(base, { recursive: true, force: true }),
  };
}

function isDiagnostic(error: unknown): boolean {
  return error instanceof SpecError || (error instanceof Error && 'code' in error && /^GL7\d{3}$/.test(String(error.code)));
}

/** Whole numbers below a bound. */
type Draw = (below: number) => number;

function drawsOf(seed: number): Draw {
  const numbers = fillUniforms(new Float32Array(256), { seed, name: 'hostile', step: 0 });
  let next = 0;
  return (below) => Math.floor(numbers[next++ % numbers.length] * below);
}

const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw(from.length)];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const PATHS = ['./sub/terms.ganloss', '../secret.ganloss', './sub/../../secret.ganloss', '/etc/passwd', '..\\\\secret.ganloss', './sub', '.', '', './spec.ganloss', 'file:///etc/passwd', './sub/terms.ganloss/', '~/secret.ganloss', `./${'../'.repeat(200)}etc/passwd`, 'sub/%2e%2e/%2e%2e/secret.ganloss'];
const SPECS = ['wasserstein + 10*gp\n', 'hinge + 2*extra()\n', 'param k = 1\nobjective = minimax + k*r1\n', 'term t() { discriminator = mean(grad(D(real), real)^2) }\nwasserstein + t\n', 'pool tensor_pool(size: 5)\nleast_squares\n'];

/** Numbers at which readers of sizes break. */
const SIZES = [0, 1, -1, 2, 3, 7, 255, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 60, 1e300, 0.5];

const makers: { readonly [F in Format]: (draw: Draw) => Uint8Array } = {
  spec(draw) {
    const path = pick(draw, PATHS);
    const text = `${draw(3) > 0 ? `import { ${pick(draw, ['extra', SECRET.slice(0, 7), 'a', 'extra, extra'])} } from "${path}"\n` : ''}${pick(draw, SPECS)}`;
    return damaged(bytesOf(text), draw, 3);
  },
  checkpoint(draw) {
    const data = Float32Array.from({ length: 6 }, (_, index) => index);
    const bytes = encodeCheckpoint({
      model: 'gan',
      fingerprint: 'wasserstein',
      step: draw(9),
      seed: 1,
      params: { k: 1 },
      optimizers: { generator: { className: 'Adam', iterations: 3 } },
      tensors: [
        { name: 'weights/generator/0', label: 'w', dtype: 'float32', shape: [2, 3], data },
        { name: 'pool/0/0/0', label: 'p', dtype: 'int32', shape: [2], data: new Int32Array(2) },
      ],
    });
    // an enemy knows how to make a checksum
    return draw(2) === 0 ? damaged(bytes, draw, 3) : forged(bytes, draw);
  },
  npy(draw) {
    const bytes = npyFile(1 + draw(3), 2 + draw(4));
    if (draw(2) === 0) return damaged(bytes, draw, 4);
    const shape = Array.from({ length: draw(6) }, () => pick(draw, SIZES)).join(', ');
    const descr = pick(draw, ["'|u1'", "'<f4'", "'>f8'", "'|O'", "'<U9'", "[('a', '<f4')]", "__import__('os').system('exit')", "'<f4' * 9"]);
    const header = bytesOf(`{'descr': ${descr}, 'fortran_order': ${pick(draw, ['False', 'True', '1'])}, 'shape': (${shape}), }\n`);
    return damaged(new Uint8Array([0x93, ...bytesOf('NUMPY'), 1 + draw(3), 0, header.length & 255, header.length >> 8, ...header, ...bytes.subarray(80)]), draw, 1);
  },
  png(draw) {
    const channels = 1 + draw(4);
    const [width, height] = [1 + draw(6), 1 + draw(6)];
    const bytes = encode({ width, height, channels, depth: 8, data: Uint8Array.from({ length: width * height * channels }, () => draw(256)) });
    if (draw(2) === 0) return damaged(bytes, draw, 3);
    // whole chunks that lie: sizes, depths, colours, and data that unpack to far more than there should be
    const header = new Uint8Array(13);
    const view = new DataView(header.buffer);
    const big = draw(3) === 0;
    view.setUint32(0, big ? pick(draw, SIZES.slice(7, 12)) : 1 + draw(9));
    view.setUint32(4, big ? pick(draw, SIZES.slice(7, 12)) : 1 + draw(9));
    header.set([pick(draw, [1, 2, 4, 8, 16, 3, 0]), pick(draw, [0, 2, 3, 4, 6, 5]), draw(2), draw(2), draw(2)], 8);
    const packed = deflateSync(new Uint8Array(pick(draw, [0, 10, 1000, 1_000_000, draw(40) === 0 ? 300_000_000 : 10])));
    const chunks: (readonly [string, Uint8Array])[] = [['IHDR', header], ['PLTE', new Uint8Array(3 * draw(5))], ['tRNS', new Uint8Array(draw(7))], [pick(draw, ['tEXt', 'zTXt', 'iCCP', 'acTL', 'IEND']), new Uint8Array([...bytesOf('a\0\0'), ...packed.subarray(0, 1e5)])], ['IDAT', packed], ['IEND', new Uint8Array(0)]];
    const kept = chunks.filter(([name]) => name === 'IHDR' || draw(5) > 0);
    return damaged(new Uint8Array([...bytes.subarray(0, 8), ...kept.flatMap(([name, data]) => [...chunk(name, data)])]), draw, 1);
  },
};

/** Up to `most` bytes other than they were, bits turned, pieces cut out, doubled, or the end cut off. */
function damaged(bytes: Uint8Array, draw: Draw, most: number): Uint8Array {
  let result = bytes.slice();
  for (let edits = draw(most + 1); edits > 0 && result.length > 0; edits -= 1) {
    const at = draw(result.length);
    const kind = draw(6);
    if (kind === 0) result[at] = draw(256);
    else if (kind === 1) result[at] ^= 1 << draw(8);
    else if (kind === 2) result = result.slice(0, at);
    else if (kind === 3) result = new Uint8Array([...result.subarray(0, at), ...result.subarray(Math.min(result.length, at + 1 + draw(16)))]);
    else if (kind === 4) result = new Uint8Array([...result.subarray(0, at), ...result.subarray(at, at + 16), ...result.subarray(at)]);
    else result = new Uint8Array([...result.subarray(0, at), ...Array.from({ length: draw(8) }, () => pick(draw, [0, 255, 10, 34, 123, 125, 240, 159])), ...result.subarray(at)]);
  }
  return result;
}

/** A checkpoint whose JSON says something else, with the right checksum. */
function forged(bytes: Uint8Array, draw: Draw): Uint8Array {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, Record<string, unknown>>;
  const trainer = JSON.parse(String(header.__metadata__.trainer)) as Record<string, unknown>;
  const odd = (): unknown => pick(draw, [null, [], {}, '', 'x', true, pick(draw, SIZES), pick(draw, SIZES), [pick(draw, SIZES), pick(draw, SIZES)], { __proto__: 1, length: 1e9 }]);
  for (let edits = 1 + draw(2); edits > 0; edits -= 1) {
    if (draw(2) === 0) trainer[pick(draw, [...Object.keys(trainer), '__proto__', 'tensors'])] = odd();
    else {
      const entry = pick(draw, Object.values(header).filter((value) => 'shape' in value));
      entry[pick(draw, ['dtype', 'shape', 'data_offsets', 'shape', 'data_offsets'])] = odd();
    }
  }
  if (draw(6) === 0) Object.defineProperty(header, pick(draw, ['__proto__', 'constructor', 'pool/4000000000/0/0', '../../x']), { value: odd(), enumerable: true });
  header.__metadata__.trainer = draw(8) === 0 ? odd() : JSON.stringify(trainer);
  header.__metadata__.sha256 = '0'.repeat(64);
  const text = bytesOf(JSON.stringify(header));
  const result = new Uint8Array(8 + text.length + bytes.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
  result.set(text, 8);
  result.set(bytes.subarray(8 + length), 8 + text.length);
  const place = new TextDecoder('latin1').decode(result).indexOf('"sha256":"') + '"sha256":"'.length;
  result.set(bytesOf(bytesToHex(sha256(result))), place);
  return result;
}

/** A PNG chunk with its checksum (ISO 3309). */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = new Uint8Array([...bytesOf(name), ...data]);
  const result = new Uint8Array(body.length + 8);
  const view = new DataView(result.buffer);
  view.setUint32(0, data.length);
  result.set(body, 4);
  let crc = ~0;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  view.setUint32(4 + body.length, ~crc >>> 0);
  return result;
}
