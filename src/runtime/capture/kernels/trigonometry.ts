import type { ValueId } from '../../../ir/graph.ts';
import type { GraphWriter } from '../graphWriter.ts';
import { unary } from './elementwise.ts';
import type { KernelRule } from './rule.ts';

/** π as a number of few bits, and what is missing: k·π stays exact in float32 for small whole k. */
const PI_PARTS = [3.140625, 9.676535897932e-4];

/** c0 + c1·s + c2·s² + … by Horner's scheme. */
function polynomial(write: GraphWriter, s: ValueId, coefficients: readonly number[]): ValueId {
  const [last, ...rest] = [...coefficients].reverse();
  return rest.reduce((sum, c) => write.binary('add', write.binary('multiply', sum, s), write.number(c)), write.filled(last, write.shape(s)));
}

/** sin r for |r| ≤ π/2: Taylor's series to r¹⁵, below float32's last bit, and so are its first derivatives. */
function sineNearZero(write: GraphWriter, r: ValueId): ValueId {
  let factorial = 1;
  const coefficients = Array.from({ length: 8 }, (_, i) => {
    if (i > 0) factorial *= -(2 * i) * (2 * i + 1);
    return 1 / factorial;
  });
  return write.binary('multiply', r, polynomial(write, write.binary('multiply', r, r), coefficients));
}

/** −1 for odd whole numbers, 1 for even ones. */
function alternating(write: GraphWriter, k: ValueId): ValueId {
  const half = write.unary('floor', write.binary('multiply', k, write.number(0.5)));
  const odd = write.binary('subtract', k, write.binary('multiply', half, write.number(2)));
  return write.binary('subtract', write.number(1), write.binary('multiply', odd, write.number(2)));
}

/** x less (k + offset)·π, and k itself, the whole number for which that lies within ±π/2. */
function reduced(write: GraphWriter, x: ValueId, offset: number): readonly [r: ValueId, k: ValueId] {
  const turns = write.binary('multiply', x, write.number(1 / Math.PI));
  const k = write.unary('floor', write.binary('add', turns, write.number(0.5 - offset)));
  const multiple = write.binary('add', k, write.number(offset));
  const r = PI_PARTS.reduce((rest, part) => write.binary('subtract', rest, write.binary('multiply', multiple, write.number(part))), x);
  return [r, k];
}

function sine(x: ValueId, write: GraphWriter): ValueId {
  const [r, k] = reduced(write, x, 0);
  return write.binary('multiply', alternating(write, k), sineNearZero(write, r));
}

/** cos(r + (k + ½)·π) = −(−1)ᵏ·sin r */
function cosine(x: ValueId, write: GraphWriter): ValueId {
  const [r, k] = reduced(write, x, 0.5);
  return write.unary('negate', write.binary('multiply', alternating(write, k), sineNearZero(write, r)));
}

/** atan x = 2·atan(x/(1 + √(1 + x²))), by which the argument falls below 1; twice, and the series ends soon. */
function arctangentValue(write: GraphWriter, x: ValueId): ValueId {
  const halved = (t: ValueId) => {
    const root = write.unary('sqrt', write.binary('add', write.number(1), write.binary('multiply', t, t)));
    return write.binary('divide', t, write.binary('add', write.number(1), root));
  };
  // beyond 1 the square could overflow: atan x = ±π/2 − atan(1/x)
  const isLarge = write.compare('GT', write.unary('abs', x), write.number(1));
  const t = write.select(isLarge, write.binary('divide', write.number(1), x), x);
  const small = halved(halved(t));
  const series = Array.from({ length: 7 }, (_, i) => (i % 2 === 0 ? 4 : -4) / (2 * i + 1));
  const angle = write.binary('multiply', small, polynomial(write, write.binary('multiply', small, small), series));
  const quarter = write.binary('multiply', write.unary('sign', x), write.number(Math.PI / 2));
  return write.select(isLarge, write.binary('subtract', quarter, angle), angle);
}

function arctangent(x: ValueId, write: GraphWriter): ValueId {
  return write.custom(arctangentValue(write, x), (cotangent) => [
    [x, write.binary('divide', cotangent, write.binary('add', write.number(1), write.binary('multiply', x, x)))],
  ]);
}

/** √(1 − x²) */
function other(write: GraphWriter, x: ValueId): ValueId {
  return write.unary('sqrt', write.binary('subtract', write.number(1), write.binary('multiply', x, x)));
}

function arcsine(x: ValueId, write: GraphWriter): ValueId {
  const value = write.binary('multiply', arctangentValue(write, write.binary('divide', x, write.binary('add', write.number(1), other(write, x)))), write.number(2));
  return write.custom(value, (cotangent) => [[x, write.binary('divide', cotangent, other(write, x))]]);
}

function arccosine(x: ValueId, write: GraphWriter): ValueId {
  return write.binary('subtract', write.number(Math.PI / 2), arcsine(x, write));
}

/** The angle of (b, a): atan(a/b), turned by half a circle where b is negative. */
const arctangent2: KernelRule = ({ write, input }) => {
  const sum = write.binary('add', input('a'), input('b'));
  const [a, b] = [input('a'), input('b')].map((x) => write.broadcast(x, write.shape(sum)));
  const halfTurn = write.select(write.compare('GE', a, write.number(0)), write.number(Math.PI), write.number(-Math.PI));
  const direct = arctangentValue(write, write.binary('divide', a, b));
  const turned = write.select(write.compare('LT', b, write.number(0)), write.binary('add', direct, halfTurn), direct);
  const isOrigin = write.binary('and', write.compare('EQ', a, write.number(0)), write.compare('EQ', b, write.number(0)));
  return write.custom(write.select(isOrigin, write.number(0), turned), (cotangent) => {
    const square = write.binary('add', write.binary('multiply', a, a), write.binary('multiply', b, b));
    const share = (x: ValueId) => write.binary('multiply', cotangent, write.binary('divide', x, square));
    return [[a, share(b)], [b, write.unary('negate', share(a))]];
  });
};

/** Composed of ops that the graph has; within a few units in float32's last place for arguments of ordinary size. */
export const trigonometricKernels = {
  Sin: unary(sine),
  Cos: unary(cosine),
  Tan: unary((x, write) => write.binary('divide', sine(x, write), cosine(x, write))),
  Asin: unary(arcsine),
  Acos: unary(arccosine),
  Atan: unary(arctangent),
  Atan2: arctangent2,
} satisfies Readonly<Record<string, KernelRule>>;
