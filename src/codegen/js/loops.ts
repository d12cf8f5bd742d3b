import type { DType } from '../../ir/types.ts';
import type { LoopsKernel, Reduction } from '../../schedule/types.ts';
import type { EmitKernel, KernelContext } from './kernelContext.ts';
import { createPointWriter, writeLoops, type Space } from './points.ts';

/** Where a reduction starts. */
function initial(combine: Reduction['combine'], dtype: DType): string {
  if (combine === 'add') return '0';
  if (dtype === 'f32') return combine === 'maximum' ? '-Infinity' : 'Infinity';
  return combine === 'maximum' ? '-2147483648' : '2147483647';
}

/** Floats are added up in float64 and rounded once; integers wrap. */
function combined(combine: Reduction['combine'], dtype: DType, accumulator: string, value: string, context: KernelContext): string {
  if (combine === 'add') return dtype === 'i32' ? `${accumulator} = (${accumulator} + ${value}) | 0;` : `${accumulator} += ${value};`;
  return `${accumulator} = ${context.helper(combine === 'maximum' ? 'max' : 'min')}(${accumulator}, ${value});`;
}

/** Loops over a space of points, and over what is reduced inside of them. */
export const emitLoops: EmitKernel<LoopsKernel> = (kernel, context) => {
  const { text, fresh, helper } = context;
  const { space, reduced, nodes, reductions, epilogue, stores } = kernel;
  // over no point there is nothing to do
  if (space.includes(0)) return;
  const sizes = [...space, ...reduced];
  const whole: Space = { sizes, indices: sizes.map((_, axis) => `i${axis}`) };
  const outer: Space = { sizes: space, indices: whole.indices.slice(0, space.length) };
  const depth = space.length;

  if (reductions.length === 0) {
    const points = createPointWriter(nodes, whole, context, { stores });
    points.enter(0);
    writeLoops(whole, 0, depth, context, points.enter, () => stores.forEach(points.store));
    return;
  }
  const points = createPointWriter(nodes, whole, context);
  const sums = reductions.map(() => fresh('a'));
  const results = reductions.map(() => fresh('r'));
  const after = createPointWriter(epilogue, outer, context, { accumulators: results, stores }, depth);
  const enterOuter = (level: number) => {
    points.enter(level);
    if (level < depth) after.enter(level);
  };
  const typeOf = ({ node }: Reduction) => nodes[node].dtype;
  enterOuter(0);
  writeLoops(whole, 0, depth, context, enterOuter, () => {
    reductions.forEach((reduction, i) => text.line(`let ${sums[i]} = ${initial(reduction.combine, typeOf(reduction))};`));
    writeLoops(whole, depth, sizes.length, context, points.enter, () => {
      reductions.forEach((reduction, i) => text.line(combined(reduction.combine, typeOf(reduction), sums[i], points.value(reduction.node), context)));
    });
    reductions.forEach((reduction, i) => {
      const rounded = reduction.combine === 'add' && typeOf(reduction) === 'f32' ? `${helper('fround')}(${sums[i]})` : sums[i];
      text.line(`const ${results[i]} = ${rounded};`);
    });
    after.enter(depth);
    stores.forEach(after.store);
  });
};
