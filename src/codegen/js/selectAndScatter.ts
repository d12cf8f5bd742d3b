import { sizeOf, stridesOf } from '../../ir/values.ts';
import type { SelectAndScatterKernel } from '../../schedule/types.ts';
import type { EmitKernel } from './kernelContext.ts';
import type { Term } from './text.ts';
import { affine } from './text.ts';

/** Adds each element of the source at the first maximum of its window. Among NaN and others the last NaN, or what follows it, wins, as in StableHLO with GE. */
export const emitSelectAndScatter: EmitKernel<SelectAndScatterKernel> = ({ result, operand, source, attributes }, context) => {
  const { text, base, view, bufferOf, helper } = context;
  const { window_dimensions, window_strides, padding } = attributes;
  const shape = bufferOf(operand).shape;
  const [strides, sourceStrides] = [shape, bufferOf(source).shape].map(stridesOf);
  text.block(`for (let j = 0; j < ${sizeOf(shape)}; j++)`, () => text.line(`${view(result)}[${base(result)} + j] = 0;`));

  const overWindow = (axis: number): void => {
    if (axis < shape.length) {
      text.block(`for (let x${axis} = ${helper('max')}(0, s${axis}); x${axis} < ${helper('min')}(${shape[axis]}, s${axis} + ${window_dimensions[axis]}); x${axis}++)`, () => overWindow(axis + 1));
      return;
    }
    text.line(`const place = ${affine(null, 0, shape.map((_, i): Term => [strides[i], `x${i}`]))};`);
    text.line(`const value = ${view(operand)}[${base(operand)} + place];`);
    text.block('if (selected < 0 || !(greatest >= value))', () => {
      text.line('selected = place;');
      text.line('greatest = value;');
    });
  };
  const overSource = (axis: number): void => {
    if (axis < shape.length) {
      text.block(`for (let i${axis} = 0; i${axis} < ${bufferOf(source).shape[axis]}; i${axis}++)`, () => {
        text.line(`const s${axis} = ${affine(null, -padding[axis][0], [[window_strides[axis], `i${axis}`]])};`);
        overSource(axis + 1);
      });
      return;
    }
    text.line('let selected = -1;');
    text.line('let greatest = 0;');
    overWindow(0);
    const at = `${view(result)}[${base(result)} + selected]`;
    const from = `${view(source)}[${affine(base(source), 0, shape.map((_, i): Term => [sourceStrides[i], `i${i}`]))}]`;
    const sum = view(result) === 'f' ? `${helper('fround')}(${at} + ${from})` : `(${at} + ${from}) | 0`;
    text.line(`if (selected >= 0) ${at} = ${sum};`);
  };
  overSource(0);
};
