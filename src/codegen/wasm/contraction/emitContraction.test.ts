import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Buffer, ContractionKernel, Node } from '../../../schedule/types.ts';
import { interpretKernel, type Memory } from '../../../schedule/testing/interpretKernel.ts';
import { compileStages } from '../testing/runKernelCode.ts';
import { emitContraction, emitPlan } from './emitContraction.ts';
import { planContraction, tileChoices } from './plan.ts';
import type { Tile } from './tileRates.ts';

interface Case {
  readonly kernel: ContractionKernel;
  readonly buffers: readonly Buffer[];
}

const buffer = (name: string, size: number): Buffer => ({ name, dtype: 'f32', shape: [size] });

/** A convolution of NHWC images with an HWIO kernel, or with the roles of its gradients, and a bias and a mask at its end. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    images: fc.integer({ min: 1, max: 6 }),
    input: fc.integer({ min: 1, max: 7 }),
    channels: fc.integer({ min: 1, max: 9 }),
    features: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(21)),
    taps: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    tapStride: fc.integer({ min: 1, max: 2 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    low: fc.integer({ min: -1, max: 3 }),
    high: fc.integer({ min: 0, max: 3 }),
    rank: fc.integer({ min: 0, max: 2 }),
    groups: fc.constantFrom(1, 1, 1, 2),
    roles: fc.constantFrom('forward', 'weights', 'turned'),
    epilogue: fc.boolean(),
    reversed: fc.boolean(),
  })
  .map((c): Case => {
    const spatial = Array.from({ length: c.rank }, (_, d) => c.input + d);
    const dilated = spatial.map((size) => (size - 1) * c.dilation + 1);
    const extent = (c.taps - 1) * c.tapStride + 1;
    const out = dilated.map((size) => Math.max(0, Math.floor((size + c.low + c.high - extent) / c.stride) + 1));
    const all = c.channels * c.groups;
    const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
    const strides = (sizes: readonly number[]) => sizes.map((_, i) => product(sizes.slice(i + 1)));
    // weights: channels are the rows and images are summed over, as in a gradient by the kernel
    const weights = c.roles === 'weights';
    const lhsShape = [c.images, ...spatial, all];
    const lhsStrides = strides(lhsShape);
    const kernelShape = weights ? [...spatial.map(() => c.taps), c.images, c.features * c.groups] : [...spatial.map(() => c.taps), c.channels, c.features * c.groups];
    const turned = c.roles === 'turned' ? [...kernelShape.slice(0, -2), kernelShape[kernelShape.length - 1], kernelShape[kernelShape.length - 2]] : kernelShape;
    const turnedStrides = strides(turned);
    const kernelStrides = c.roles === 'turned' ? [...turnedStrides.slice(0, -2), turnedStrides[turnedStrides.length - 1], turnedStrides[turnedStrides.length - 2]] : turnedStrides;
    const rank = spatial.length;
    const rows = weights ? [{ size: c.channels, lhs: 1 }] : [{ size: c.images, lhs: lhsStrides[0] }];
    const contracted = weights ? [{ size: c.images, lhs: lhsStrides[0], rhs: kernelStrides[rank] }] : [{ size: c.channels, lhs: 1, rhs: kernelStrides[rank] }];
    const batch = c.groups === 1 ? [] : [{ size: c.groups, lhs: c.channels, rhs: c.features * kernelStrides[rank + 1] }];
    const space = [...batch.map(({ size }) => size), rows[0].size, ...out, c.features];
    const total = product(space);
    const rhsOffset = c.reversed ? (c.taps - 1) * spatial.reduce((sum, _, d) => sum + kernelStrides[d], 0) : 0;
    const dense = strides(space);
    const stored = { buffer: 2, offset: 0, strides: dense };
    const load = (id: number, at: readonly number[]): Node => ({ kind: 'load', dtype: 'f32', access: { buffer: id, offset: 0, strides: at, guards: [], indirections: [], fill: 0 } });
    const accumulator: Node = { kind: 'accumulator', dtype: 'f32', place: 0 };
    const epilogue: readonly Node[] = c.epilogue
      ? [
          accumulator,
          load(3, [...space.slice(0, -1).map(() => 0), 1]),
          { kind: 'apply', dtype: 'f32', op: 'add', attributes: {}, args: [0, 1] },
          load(4, dense),
          { kind: 'constant', dtype: 'f32', value: 0 },
          { kind: 'apply', dtype: 'i1', op: 'compare', attributes: { direction: 'GT' }, args: [3, 4] },
          { kind: 'apply', dtype: 'f32', op: 'select', attributes: {}, args: [5, 2, 4] },
        ]
      : [accumulator];
    return {
      kernel: {
        kind: 'contraction',
        lhs: { buffer: 0, offset: 0 },
        rhs: { buffer: 1, offset: rhsOffset },
        batch,
        rows,
        windows: spatial.map((inputSize, d) => ({
          size: out[d], inputSize, taps: c.taps, stride: c.stride, tapStride: c.tapStride, low: c.low, dilation: c.dilation,
          lhs: lhsStrides[1 + d], rhs: c.reversed ? -kernelStrides[d] : kernelStrides[d],
        })),
        contracted,
        columns: [{ size: c.features, rhs: kernelStrides[rank + 1] }],
        epilogue,
        stores: c.epilogue ? [{ ...stored, node: 6 }, { ...stored, buffer: 5, node: 2 }] : [{ ...stored, node: 0 }],
      },
      buffers: [buffer('lhs', product(lhsShape)), buffer('rhs', product(kernelShape)), buffer('out', total), buffer('bias', c.features), buffer('mask', total), buffer('sum', total)],
    };
  });

function check({ kernel, buffers }: Case, tile?: Tile): void {
  let at = 0;
  const offsets = buffers.map(({ shape }) => {
    const offset = at;
    // a gap of NaN after each buffer shows reads beyond it
    at += Math.ceil((4 * shape[0] + 64) / 64) * 64;
    return offset;
  });
  const compiled = compileStages(tile === undefined ? emitContraction(kernel, { buffers, relaxedSimd: false }) : emitPlan(kernel, planContraction(kernel, tile), false), offsets, at);
  const floats = new Float32Array(compiled.memory.buffer);
  floats.fill(NaN, 0, at / 4);
  const memory: Memory = buffers.map(() => undefined);
  [0, 1, 3, 4].forEach((id) => {
    const data = Float64Array.from({ length: buffers[id].shape[0] }, (_, i) => Math.fround(Math.sin(1 + i * 1.7 + id)));
    memory[id] = data;
    floats.set(data, offsets[id] / 4);
  });
  compiled.run();
  interpretKernel(kernel, buffers, memory);
  const { summation, form, blocks } = planContraction(kernel, tile);
  const tolerance = 1e-5 + 5e-7 * summation.length * (blocks?.count ?? 1);
  for (const { buffer: id } of kernel.stores) {
    const expected = memory[id]!;
    for (let i = 0; i < expected.length; i++) {
      const got = floats[offsets[id] / 4 + i];
      if (!(Math.abs(got - expected[i]) <= tolerance)) throw new Error(`${buffers[id].name}[${i}]: ${got} in place of ${expected[i]} (${form})`);
    }
    expect(floats[offsets[id] / 4 + expected.length]).toBeNaN();
  }
}

describe('emitContraction', () => {
  it('computes random convolutions and their gradients, with epilogues, and writes nothing beside them', () => {
    fc.assert(fc.property(cases, (c) => check(c)), { numRuns: 80, seed: 3 });
  });

  it('computes few columns over taps that meet dilated elements', () => {
    const window = { size: 5, inputSize: 3, taps: 3, stride: 1, tapStride: 1, low: 1, dilation: 2 };
    const kernel: ContractionKernel = {
      kind: 'contraction', lhs: { buffer: 0, offset: 0 }, rhs: { buffer: 1, offset: 16 }, batch: [], rows: [{ size: 3, lhs: 9 }],
      windows: [{ ...window, lhs: 3, rhs: -6 }, { ...window, lhs: 1, rhs: -2 }], contracted: [{ size: 1, lhs: 1, rhs: 1 }], columns: [{ size: 2, rhs: 1 }],
      epilogue: [{ kind: 'accumulator', dtype: 'f32', place: 0 }], stores: [{ buffer: 2, offset: 0, strides: [50, 10, 2, 1], node: 0 }],
    };
    check({ kernel, buffers: [buffer('lhs', 27), buffer('rhs', 18), buffer('out', 150), buffer('bias', 1), buffer('mask', 1), buffer('sum', 1)] });
  });

  it('computes the same with any tile that it could choose', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (c, which) => {
        const tiles = tileChoices(c.kernel);
        check(c, tiles[which % tiles.length]);
      }),
      { numRuns: 80, seed: 4 },
    );
  });
});
