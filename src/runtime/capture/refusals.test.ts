import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SpecError } from '../../support/diagnostic.ts';
import { capture, type Tracer } from './capture.ts';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

type Program = (x: tf.Tensor, tracer: Tracer) => tf.Tensor;

/** A layer of the user's that does `f`. */
class Custom extends tf.layers.Layer {
  static className = 'Custom';
  private readonly f: (x: tf.Tensor) => tf.Tensor;
  constructor(f: (x: tf.Tensor) => tf.Tensor) {
    super({ name: 'mine' });
    this.f = f;
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.f(Array.isArray(inputs) ? inputs[0] : inputs);
  }
}

function refusalOf(program: Program): SpecError | null {
  try {
    capture((tracer) => ({ y: program(tracer.argument('x', [2, 3], 'float32'), tracer) }), { variables: [] });
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  return null;
}

function stateOfTfjs() {
  const engine = tf.engine();
  const { numTensors, numDataBuffers, numBytes } = engine.state;
  return {
    numTensors, numDataBuffers, numBytes,
    backend: tf.getBackend(),
    instance: tf.backend().constructor.name,
    backends: Object.keys(engine.registryFactory),
    kernels: tf.getKernelsForBackend('ganloss-trace').length,
    scopes: engine.state.scopeStack.length,
    depth: [engine.state.gradientDepth, engine.state.kernelDepth],
    own: Object.getOwnPropertyNames(engine).sort(),
    apply: Reflect.get(tf.layers.Layer.prototype, 'apply') as unknown,
    dropout: Reflect.get(tf.serialization.SerializationMap.getMap().classNameMap.Dropout[0].prototype, 'call') as unknown,
    variables: Object.keys(engine.registeredVariables),
  };
}

const inLayer = (f: (x: tf.Tensor) => tf.Tensor): Program => {
  const layer = new Custom(f);
  return (x) => layer.apply(x) as tf.Tensor;
};

const CASES: Readonly<Record<string, readonly [program: () => Program, message: string]>> = {
  'a read of data in a layer': [
    () => inLayer((x) => (x.dataSync()[0] > 0 ? x : tf.neg(x))),
    "layer 'mine' cannot be captured: it reads the values of a tensor (dataSync), which are not known before the step runs",
  ],
  'a read of data outside of layers': [
    () => (x) => tf.mul(x, tf.sum(x).arraySync() as number),
    'the step cannot be captured: it reads the values of a tensor (dataSync), which are not known before the step runs',
  ],
  'a read that waits': [
    () => (x) => { void x.data(); return x; },
    'the step cannot be captured: it reads the values of a tensor (data), which are not known before the step runs',
  ],
  'a read whose error is caught': [
    () => (x) => { try { x.dataSync(); } catch { /* the program goes on */ } return x; },
    'the step cannot be captured: it reads the values of a tensor (dataSync), which are not known before the step runs',
  ],
  'a shape that depends on data': [
    () => inLayer((x) => tf.unique(tf.reshape(x, [-1])).values),
    "layer 'mine' cannot be captured: the kernel 'Unique' makes a tensor whose shape depends on data",
  ],
  'a kernel without a counterpart': [
    () => inLayer((x) => tf.tensorScatterUpdate(x, [[0]], [[1, 2, 3]])),
    "layer 'mine' cannot be captured: the kernel 'TensorScatterUpdate' has no counterpart among the ops of the graph",
  ],
  'random numbers in a layer': [
    () => inLayer((x) => tf.add(x, tf.randomNormal(x.shape))),
    "layer 'mine' cannot be captured: it draws random numbers of its own, which would be the same at every step",
  ],
  'random numbers outside of layers': [
    () => (x) => tf.mul(x, Math.random()),
    'the step cannot be captured: it draws random numbers of its own, which would be the same at every step',
  ],
  'a course of its own at each call': [
    () => { let calls = 0; return (x) => { calls += 1; return Array.from({ length: calls }).reduce<tf.Tensor>((y) => tf.exp(y), x); }; },
    'the step cannot be captured: it does not compute the same at each call',
  ],
  'numbers of a draw': [
    () => (x, tracer) => tf.mul(x, tracer.random('pool').numbers('pick', 1)[0]),
    "the step cannot be captured: it reads the random numbers 'pick', which are not known before the step runs",
  ],
  'a variable that is made on the way': [
    () => inLayer((x) => { const w = tf.variable(tf.ones([3]), true, 'late'); return tf.mul(x, w); }),
    "the step cannot be captured: it makes the variable 'late' while it runs",
  ],
  'a variable of nobody that is assigned': [
    () => { const count = tf.variable(tf.scalar(0), false, 'count'); return (x) => { count.assign(tf.add(count, 1)); return tf.mul(x, count); }; },
    "the step cannot be captured: it assigns the variable 'count', which belongs to none of the networks",
  ],
  'a tensor of an earlier call': [
    () => { let memory: tf.Tensor | null = null; return (x) => { const y = memory === null ? x : tf.add(x, memory); memory = tf.keep(tf.exp(x)); return y; }; },
    'the step cannot be captured: it uses a tensor that is disposed, or that an earlier call left behind',
  ],
  'complex numbers': [
    () => (x) => tf.real(tf.fft(tf.complex(x, x))),
    "the step cannot be captured: the kernel 'Complex' computes with complex numbers, which the graph does not have",
  ],
};

describe('what cannot be captured is named, and leaves nothing behind', () => {
  for (const [name, [program, message]] of Object.entries(CASES)) {
    it(name, () => {
      const run = program();
      const before = stateOfTfjs();
      const error = refusalOf(run);
      expect(error?.message).toBe(message);
      expect(error?.diagnostics).toMatchObject([{ code: 'GL5005', severity: 'note', message }]);
      const after = stateOfTfjs();
      const made = name.startsWith('a variable that is made');
      // the variable is there, on the backend on which it would have been made
      expect(after).toEqual(made ? { ...before, numTensors: before.numTensors + 1, numDataBuffers: before.numDataBuffers + 1, numBytes: before.numBytes + 12, variables: ['late'] } : before);
      if (made) expect([...tf.engine().registeredVariables.late.dataSync()]).toEqual([1, 1, 1]);
    });
  }

  it('an error of the program itself comes through', () => {
    const before = stateOfTfjs();
    expect(() => refusalOf((x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D))).toThrow(/inner shapes/);
    expect(() => refusalOf(() => { throw new Error('no'); })).toThrow('no');
    expect(stateOfTfjs()).toEqual(before);
  });
});

describe('what can be captured leaves nothing behind', () => {
  it('nor does it see or move data, on any backend that reads at once', async () => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      const [weights, scale] = [tf.variable(tf.tensor1d([1, 2, 3])), tf.tensor1d([2, 2, 4])];
      const before = stateOfTfjs();
      const { dataId } = weights;
      const captured = capture(
        (tracer) => {
          const y = tf.mul(tf.mul(tracer.argument('x', [2, 3], 'float32'), weights), scale);
          weights.assign(tf.sum(y, 0));
          return { y };
        },
        { variables: [{ name: 'w', variable: weights }] },
      );
      expect(captured.updates).toEqual(['w']);
      expect(stateOfTfjs()).toEqual(before);
      expect(weights.dataId).toBe(dataId);
      expect([...weights.dataSync()]).toEqual([1, 2, 3]);
      scale.dispose();
    }
    await tf.setBackend('cpu');
  });

  it('inside a tape of the caller', () => {
    const slope = tf.grad((x) => {
      const { graph } = capture((tracer) => ({ y: tf.exp(tracer.argument('x', [2], 'float32')) }), { variables: [] });
      return tf.mul(x, graph.equations.length);
    })(tf.tensor1d([1, 2]));
    expect([...slope.dataSync()]).toEqual([1, 1]);
  });

  it('a constant that is kept from the first call on is one of the backend', () => {
    let table: tf.Tensor | null = null;
    const captured = capture(
      (tracer) => {
        table ??= tf.keep(tf.mul(tf.range(0, 3), 2));
        return { y: tf.mul(tracer.argument('x', [2, 3], 'float32'), table) };
      },
      { variables: [] },
    );
    expect(captured.graph.equations.find(({ op }) => op === 'constant')?.attributes).toEqual({ dtype: 'f32', shape: [3], data: [0, 2, 4] });
    expect([...table!.dataSync()]).toEqual([0, 2, 4]);
    tf.dispose(table!);
  });

  it('constants may be read', () => {
    const { graph } = capture((tracer) => ({ y: tf.mul(tracer.argument('x', [2], 'float32'), tf.sum(tf.tensor1d([1, 2, 3])).arraySync() as number) }), { variables: [] });
    expect(graph.equations.find(({ op }) => op === 'constant')?.attributes).toMatchObject({ data: [6] });
  });

  it('what is not used is no input', () => {
    const captured = capture(
      (tracer) => {
        tracer.argument('unused', [2], 'float32');
        tracer.random('D').uniform('unused', [2]);
        return { y: tf.exp(tracer.argument('x', [2], 'float32')) };
      },
      { variables: [{ name: 'w', variable: tf.variable(tf.scalar(1)) }] },
    );
    expect(captured).toMatchObject({ arguments: ['x'], variables: [], draws: [], updates: [] });
  });
});
