import type { ContractionKernel } from '../../schedule/types.ts';
import type { EmitKernel, KernelContext } from './kernelContext.ts';
import { createPointWriter, writeLoops, type Space } from './points.ts';
import type { Term } from './text.ts';
import { affine } from './text.ts';

type Window = ContractionKernel['windows'][number];

/** A loop over the taps of a window that meet an element of the input. */
interface TapLoop {
  readonly head: string;
  readonly tap: string;
  /** The input's coordinate under the tap. */
  readonly coordinate: string;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * Writes, outside of the loop over taps, where it starts and ends. Position p = o·stride + t·tapStride − low must be a multiple of
 * the dilation, and p/dilation in [0, inputSize): the first holds for every step-th tap, or for none, which p's remainder decides.
 */
function tapLoop(window: Window, output: string | null, context: KernelContext): TapLoop {
  const { text, fresh, helper, table } = context;
  const { taps, stride, tapStride, low, dilation, inputSize } = window;
  const start = fresh('w');
  text.line(`const ${start} = ${affine(null, -low, output === null ? [] : [[stride, output]])};`);
  const last = `${affine(null, (inputSize - 1) * dilation, [[-1, start]])}`;
  const over = (expression: string, round: 'floor' | 'ceil') => (tapStride === 1 ? expression : `${helper(round)}((${expression}) / ${tapStride})`);
  const [first, end] = [fresh('t'), fresh('t')];
  const least = `${helper('max')}(0, ${over(`-${start}`, 'ceil')})`;
  text.line(`const ${end} = ${helper('min')}(${taps}, ${over(last, 'floor')} + 1);`);
  const tap = fresh('t');
  if (dilation === 1) {
    text.line(`const ${first} = ${least};`);
    return { head: `for (let ${tap} = ${first}; ${tap} < ${end}; ${tap}++)`, tap, coordinate: `(${affine(start, 0, [[tapStride, tap]])})` };
  }
  const step = dilation / gcd(tapStride, dilation);
  // by the remainder of the start: the first tap that meets an element, or one beyond all
  const firsts = Array.from({ length: dilation }, (_, remainder) => {
    const found = Array.from({ length: step }, (__, t) => t).find((t) => (remainder + t * tapStride) % dilation === 0);
    return found ?? taps;
  });
  const aligned = fresh('t');
  text.line(`const ${aligned} = ${table(firsts)}[((${start} % ${dilation}) + ${dilation}) % ${dilation}];`);
  const skipped = `${helper('max')}(0, ${helper('ceil')}((${least} - ${aligned}) / ${step}))`;
  text.line(`const ${first} = ${aligned} + ${step === 1 ? skipped : `${skipped} * ${step}`};`);
  return { head: `for (let ${tap} = ${first}; ${tap} < ${end}; ${tap} += ${step})`, tap, coordinate: `((${affine(start, 0, [[tapStride, tap]])}) / ${dilation} | 0)` };
}

interface Operands {
  readonly lhs: string;
  readonly rhs: string;
}

/** Writes a place as the sum of one that is known and multiples of indices; names it where it is a sum. */
function advance(from: string, terms: readonly Term[], context: KernelContext, offset = 0): string {
  const sum = affine(from, offset, terms);
  if (sum === from) return from;
  const name = context.fresh('p');
  context.text.line(`const ${name} = ${sum};`);
  return name;
}

/** Opens the loops over taps and contracted dimensions; `inside` gets the places of the two factors. */
function writeContracted(kernel: ContractionKernel, outputs: readonly (string | null)[], start: Operands, context: KernelContext, inside: (at: Operands) => void): void {
  const { text, fresh } = context;
  const overContracted = (axis: number, at: Operands): void => {
    if (axis === kernel.contracted.length) return inside(at);
    const { size, lhs, rhs } = kernel.contracted[axis];
    if (size === 1) return overContracted(axis + 1, at);
    const index = fresh('k');
    text.block(`for (let ${index} = 0; ${index} < ${size}; ${index}++)`, () => {
      overContracted(axis + 1, { lhs: advance(at.lhs, [[lhs, index]], context), rhs: advance(at.rhs, [[rhs, index]], context) });
    });
  };
  const overWindows = (axis: number, at: Operands): void => {
    if (axis === kernel.windows.length) return overContracted(0, at);
    const window = kernel.windows[axis];
    const loop = tapLoop(window, outputs[axis], context);
    text.block(loop.head, () => {
      overWindows(axis + 1, { lhs: advance(at.lhs, [[window.lhs, loop.coordinate]], context), rhs: advance(at.rhs, [[window.rhs, loop.tap]], context) });
    });
  };
  overWindows(0, start);
}

/** The columns in the innermost loop: a row of sums grows at once, each factor of lhs is read once for all of them. */
function columnsInside(kernel: ContractionKernel): boolean {
  const innermost = kernel.columns.findLast(({ size }) => size > 1);
  if (innermost === undefined || Math.abs(innermost.rhs) !== 1) return false;
  const contracted = kernel.contracted.findLast(({ size }) => size > 1);
  const unit = contracted !== undefined && Math.abs(contracted.lhs) === 1 && Math.abs(contracted.rhs) === 1;
  return !unit || innermost.size >= 4;
}

/** A sum of products, in float64 (integers wrap). Taps that meet padding or holes are left out of the loops. */
export const emitContraction: EmitKernel<ContractionKernel> = (kernel, context) => {
  const { text, base, view, bufferOf, fresh, helper, scratch } = context;
  const { batch, rows, windows, columns } = kernel;
  const sizes = [...batch, ...rows, ...windows, ...columns].map(({ size }) => size);
  if (sizes.includes(0)) return;
  const space: Space = { sizes, indices: sizes.map((_, axis) => `i${axis}`) };
  const inner = sizes.length - columns.length;
  const float = bufferOf(kernel.lhs.buffer).dtype === 'f32';
  const result = fresh('r');
  const after = createPointWriter(kernel.epilogue, space, context, { accumulators: [result], stores: kernel.stores }, sizes.length);
  const index = (axis: number) => (sizes[axis] === 1 ? null : space.indices[axis]);
  const termsOf = (side: 'lhs' | 'rhs'): readonly Term[] => {
    const strides = [...batch.map((dim) => dim[side]), ...rows.map((dim) => (side === 'lhs' ? dim.lhs : 0))];
    return strides.flatMap((stride, axis): readonly Term[] => (sizes[axis] === 1 ? [] : [[stride, space.indices[axis]]]));
  };
  const columnTerms = columns.flatMap(({ size, rhs }, i): readonly Term[] => (size === 1 ? [] : [[rhs, space.indices[inner + i]]]));
  const outputs = windows.map((_, i) => index(batch.length + rows.length + i));
  const [lhsView, rhsView] = [view(kernel.lhs.buffer), view(kernel.rhs.buffer)];
  const accumulate = (sum: string, product: (a: string, b: string) => string, a: string, b: string) => `${sum} = ${float ? `${sum} + ${product(a, b)}` : `(${sum} + ${product(a, b)}) | 0`};`;
  const times = (a: string, b: string) => (float ? `${a} * ${b}` : `${helper('imul')}(${a}, ${b})`);
  const finish = (sum: string) => {
    text.line(`const ${result} = ${float ? `${helper('fround')}(${sum})` : sum};`);
    after.enter(sizes.length);
    kernel.stores.forEach(after.store);
  };
  const enter = (level: number) => {
    if (level < sizes.length) after.enter(level);
  };
  const start = (): Operands => ({
    lhs: advance(base(kernel.lhs.buffer), termsOf('lhs'), context, kernel.lhs.offset),
    rhs: advance(base(kernel.rhs.buffer), termsOf('rhs'), context, kernel.rhs.offset),
  });

  enter(0);
  if (!columnsInside(kernel)) {
    writeLoops(space, 0, inner, context, enter, () => {
      const row = start();
      writeLoops(space, inner, sizes.length, context, enter, () => {
        const sum = fresh('s');
        text.line(`let ${sum} = 0;`);
        const from = { lhs: row.lhs, rhs: advance(row.rhs, columnTerms, context) };
        writeContracted(kernel, outputs, from, context, (at) => text.line(accumulate(sum, times, `${lhsView}[${at.lhs}]`, `${rhsView}[${at.rhs}]`)));
        finish(sum);
      });
    });
    return;
  }
  const width = columns.reduce((product, { size }) => product * size, 1);
  const sums = scratch(width);
  /** Where a column's sum stands. */
  const place = affine(null, 0, columns.flatMap(({ size }, i): readonly Term[] => {
    const stride = columns.slice(i + 1).reduce((product, dim) => product * dim.size, 1);
    return size === 1 ? [] : [[stride, space.indices[inner + i]]];
  }));
  writeLoops(space, 0, inner, context, enter, () => {
    const row = start();
    text.block(`for (let j = 0; j < ${width}; j++)`, () => text.line(`${sums}[j] = 0;`));
    writeContracted(kernel, outputs, row, context, (at) => {
      const factor = fresh('x');
      text.line(`const ${factor} = ${lhsView}[${at.lhs}];`);
      writeLoops(space, inner, sizes.length, context, () => undefined, () => {
        text.line(accumulate(`${sums}[${place}]`, times, factor, `${rhsView}[${affine(at.rhs, 0, columnTerms)}]`));
      });
    });
    writeLoops(space, inner, sizes.length, context, enter, () => finish(`${sums}[${place}]`));
  });
};
