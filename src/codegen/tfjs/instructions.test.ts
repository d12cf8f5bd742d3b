import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../../ir/builder.ts';
import type { ValueId } from '../../ir/graph.ts';
import { evaluateRounded } from '../../ir/testing/reference.ts';
import { tensorType } from '../../ir/types.ts';
import { arrayValue } from '../../ir/values.ts';
import { ALL_CODES, CODE_VALUES } from '../../passes/testing/eightBits.ts';
import { ulpError } from '../wasm/math/ulp.ts';
import { definitionsOf, selectInstruction, SHORTCUTS } from './instructions.ts';

const ALL = ALL_CODES.map((code) => CODE_VALUES[code]);
const PAIRS = ALL.flatMap((a) => ALL.flatMap((b) => [a, b]));

interface Proof {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly build: (b: Builder, x: ValueId) => ValueId;
  readonly callee: string;
  readonly run: (x: tf.Tensor) => tf.Tensor;
  /** Units of the last place by which it may differ where it is finite; 0: to the bit. */
  readonly ulps: number;
}

const like = (b: Builder, number: number, x: ValueId) => b.emit('broadcast_like', [b.constant(number), x], { align: 'trailing' });

/** Each shortcut at all values, or all pairs of values, of 8 bits. */
const PROOFS: { readonly [K in keyof typeof SHORTCUTS]: readonly Proof[] } = {
  square: [{ shape: [ALL.length], data: ALL, build: (b, x) => b.emit('multiply', [x, x]), callee: 'tf.square', run: (x) => tf.square(x), ulps: 0 }],
  relu: [{ shape: [ALL.length], data: ALL, build: (b, x) => b.emit('maximum', [b.constant(0), x]), callee: 'tf.relu', run: (x) => tf.relu(x), ulps: 0 }],
  mean: [
    {
      shape: [PAIRS.length / 2, 2],
      data: PAIRS,
      build: (b, x) => b.emit('divide', [b.emit('reduce', [x], { kind: 'add', axes: 'all_but_first' }), b.emit('size', [x], { axes: 'all_but_first' })]),
      callee: 'meanPerSample',
      run: (x) => tf.mean(x, 1),
      ulps: 1,
    },
  ],
  filled: [
    { shape: [ALL.length], data: ALL, build: (b, x) => like(b, 1, x), callee: 'tf.onesLike', run: (x) => tf.onesLike(x), ulps: 0 },
    { shape: [ALL.length], data: ALL, build: (b, x) => like(b, 0, x), callee: 'tf.zerosLike', run: (x) => tf.zerosLike(x), ulps: 0 },
  ],
};

describe.each(['cpu', 'wasm'])('tfjs ops in place of equations, on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each(Object.keys(SHORTCUTS) as (keyof typeof SHORTCUTS)[])('%s', (name) => {
    for (const { shape, data, build, callee, run, ulps } of PROOFS[name]) {
      const b = createBuilder('test');
      const graph = b.finish([{ name: 'y', value: build(b, b.input('x', tensorType(shape))) }]);
      const definitions = definitionsOf(graph);
      expect(selectInstruction(definitions(graph.outputs[0].value)!, definitions)).toMatchObject({ kind: 'call', callee });
      const expected = evaluateRounded(graph, new Map([['x', arrayValue(shape, data)]])).get('y')!.data;
      const found = run(tf.tensor([...data], [...shape])).dataSync();
      const at = expected.findIndex((x, i) => !Object.is(x, found[i]) && !(ulps > 0 && Number.isFinite(x) && (x === found[i] || ulpError(found[i], x) <= ulps)));
      if (at >= 0) expect.fail(`${callee}, element ${at}: ${found[at]} in place of ${expected[at]}`);
    }
  });
});
