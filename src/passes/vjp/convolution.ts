import type { Builder } from '../../ir/builder.ts';
import type { ValueId } from '../../ir/graph.ts';
import type { OpAttributes, Padding } from '../../ir/ops.ts';
import { dilatedSize } from '../../ir/shapes.ts';
import { filledLike, reshaped, transposed } from '../emit.ts';
import { range, shapeOf } from '../shapes.ts';
import type { VjpContext } from './rule.ts';

type Convolution = OpAttributes['convolution'];

/** `b01f` with each letter replaced: how one role of a dimension becomes another. */
function rename(layout: string, roles: Readonly<Record<string, string>>): string {
  return [...layout].map((letter) => roles[letter] ?? letter).join('');
}

/** The sizes of the spatial dimensions 0, 1, … of a layout. */
function spatialSizes(shape: readonly number[], layout: string): readonly number[] {
  return range(layout.length - 2).map((i) => shape[layout.indexOf(String(i))]);
}

/** Dimension `from` split into [groups, size / groups], and the groups put in front of dimension `to`, of which they become a part. */
function moveGroups(builder: Builder, x: ValueId, groups: number, from: number, to: number): ValueId {
  if (groups === 1) return x;
  const shape = shapeOf(builder.typeOf(x));
  const split = [...shape.slice(0, from), groups, shape[from] / groups, ...shape.slice(from + 1)];
  const target = to > from ? to + 1 : to;
  const rest = range(split.length).filter((axis) => axis !== from);
  const at = rest.indexOf(target);
  const permutation = [...rest.slice(0, at), from, ...rest.slice(at)];
  const moved = transposed(builder, builder.emit('reshape', [x], { shape: split }), permutation);
  return reshaped(builder, moved, shape.map((size, axis) => (axis === from ? size / groups : axis === to ? size * groups : size)));
}

interface Sizes {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
}

/** All three in the dilated coordinates in which the windows slide. */
function dilatedSizes(builder: Builder, { equation }: VjpContext<'convolution'>): Sizes {
  const { attributes } = equation;
  const sizes = (id: ValueId, layout: string, dilation: readonly number[]) =>
    spatialSizes(shapeOf(builder.typeOf(id)), layout).map((size, i) => dilatedSize(size, dilation[i]));
  return {
    input: sizes(equation.operands[0], attributes.input, attributes.lhs_dilation),
    kernel: sizes(equation.operands[1], attributes.kernel, attributes.rhs_dilation),
    output: sizes(equation.id, attributes.output, attributes.window_strides),
  };
}

/**
 * By the input: g, dilated by the strides, convolved with the kernel turned round, its two feature dimensions swapped. Groups move
 * from the kernel's output features to its input features, since these are the output features now.
 */
function inputGradient(context: VjpContext<'convolution'>): ValueId {
  const { builder, equation, cotangent } = context;
  const { attributes } = equation;
  const sizes = dilatedSizes(builder, context);
  const groups = attributes.feature_group_count * attributes.batch_group_count;
  const kernel = moveGroups(builder, equation.operands[1], groups, attributes.kernel.indexOf('o'), attributes.kernel.indexOf('i'));
  const padding: Padding = sizes.kernel.map((size, i) => {
    const low = size - 1 - attributes.padding[i][0];
    return [low, sizes.input[i] + size - 1 - sizes.output[i] - low];
  });
  const gradient = builder.emit('convolution', [cotangent, kernel], {
    input: attributes.output,
    kernel: rename(attributes.kernel, { i: 'o', o: 'i' }),
    output: attributes.input,
    window_strides: attributes.lhs_dilation,
    padding,
    lhs_dilation: attributes.window_strides,
    rhs_dilation: attributes.rhs_dilation,
    window_reversal: attributes.window_reversal.map((reversed) => !reversed),
    feature_group_count: groups,
    batch_group_count: 1,
  });
  return moveGroups(builder, gradient, attributes.batch_group_count, attributes.input.indexOf('f'), attributes.input.indexOf('b'));
}

/**
 * By the kernel: the input convolved with g, dilated by the strides; batch and features swap roles, so that the sum runs over the
 * batch. Groups of features become groups of batches and the other way round.
 */
function kernelGradient(context: VjpContext<'convolution'>): ValueId {
  const { builder, equation, cotangent } = context;
  const { attributes } = equation;
  const sizes = dilatedSizes(builder, context);
  const padding: Padding = attributes.padding.map(([low], i) => [low, sizes.output[i] - sizes.input[i] + sizes.kernel[i] - low - 1]);
  const convolution: Convolution = {
    input: rename(attributes.input, { b: 'f', f: 'b' }),
    kernel: rename(attributes.output, { b: 'i', f: 'o' }),
    output: rename(attributes.kernel, { i: 'b', o: 'f' }),
    window_strides: attributes.rhs_dilation,
    padding,
    lhs_dilation: attributes.lhs_dilation,
    rhs_dilation: attributes.window_strides,
    window_reversal: attributes.window_reversal.map(() => false),
    feature_group_count: attributes.batch_group_count,
    batch_group_count: attributes.feature_group_count,
  };
  const gradient = builder.emit('convolution', [equation.operands[0], cotangent], convolution);
  const reversed = attributes.window_reversal.flatMap((turned, i) => (turned ? [attributes.kernel.indexOf(String(i))] : []));
  return reversed.length === 0 ? gradient : builder.emit('reverse', [gradient], { dimensions: reversed });
}

/** Convolution is bilinear, and closed under differentiation because it has both dilations, both groups and the reversal. */
export function convolutionGradient(context: VjpContext<'convolution'>, position: number): ValueId {
  const { builder, equation } = context;
  if (shapeOf(builder.typeOf(equation.id)).includes(0)) return filledLike(builder, 0, equation.operands[position]);
  return position === 0 ? inputGradient(context) : kernelGradient(context);
}
