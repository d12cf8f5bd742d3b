import * as tf from '@tensorflow/tfjs';
import type { Equation, ValueId } from '../../ir/graph.ts';
import { customOpRules } from '../gradients/customOps.ts';
import type { DataId } from './traceBackend.ts';
import type { Recorder } from './recorder.ts';
import type { UndoStack } from './undoStack.ts';

/** tfjs's fused ops bring a gradient that does less than the rules of what they are made of. */
const MADE_OF_PARTS = new Set(['fusedConv2d__op', 'fusedMatMul__op', 'fusedDepthwiseConv2d__op']);

type Gradients = tf.Tensor[] & { readonly length: number };

/** How tfjs's engine runs a function with a gradient of its own. */
interface FunctionParameters {
  readonly forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor;
  readonly backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
}

type RunParameters = FunctionParameters | { readonly kernelName: string };

/** The parts of tfjs's engine that make derivatives. `runKernelFunc` is private there, yet what all custom gradients go through. */
interface Engine {
  gradients: (f: () => tf.Tensor, xs: readonly tf.Tensor[], dy?: tf.Tensor | null, allowNoGradients?: boolean) => { value: tf.Tensor; grads: Gradients };
  runKernelFunc: (parameters: RunParameters) => tf.Tensor | tf.Tensor[];
}

/** Whether `y` is made of `x`, in whatever way. */
function isMadeOf(equations: readonly Equation[], y: ValueId, x: ValueId): boolean {
  const reached = new Set([y]);
  for (let i = equations.length - 1; i >= 0 && equations[i].id >= x; i--) {
    if (!reached.has(equations[i].id)) continue;
    if (equations[i].id === x) return true;
    equations[i].operands.forEach((operand) => reached.add(operand));
  }
  return reached.has(x);
}

/** Runs `body` while each tensor stands for another value. What is assigned to a variable meanwhile stays. */
function standingFor<T>(tensors: readonly tf.Tensor[], dataIds: readonly DataId[], body: () => T): T {
  const before = tensors.map(({ dataId }) => dataId);
  const put = (tensor: tf.Tensor, dataId: DataId) => {
    (tensor as { dataId: DataId }).dataId = dataId;
  };
  tensors.forEach((tensor, i) => put(tensor, dataIds[i]));
  try {
    return body();
  } finally {
    tensors.forEach((tensor, i) => {
      if (tensor.dataId === dataIds[i]) put(tensor, before[i]);
    });
  }
}

/**
 * While tracing, derivatives are equations: `engine.gradients` writes `gradient`, a function with a gradient of its own (tf.customGrad,
 * and what tfjs and the runtime build on it) `custom_vjp`, or `stop_gradient` where that gradient is 0. tfjs's tape stays off.
 */
export function traceDerivatives(recorder: Recorder, undo: UndoStack): void {
  const engine = tf.engine();
  const { write, builder, valueOf, tensorOf, placed } = recorder;
  const traced = engine as unknown as Engine;
  const runKernelFunc = traced.runKernelFunc.bind(engine);
  const lastId = () => builder.finish([]).equations.at(-1)?.id ?? -1;

  undo.replace(traced, 'gradients', (f, xs, dy, allowNoGradients = false) => {
    tf.util.assert(xs.length > 0, () => 'gradients() received an empty list of xs.');
    const distinct = [...new Set(xs)];
    const before = distinct.map(valueOf);
    const start = lastId();
    const barriers = placed(() => before.map((x) => builder.emit('optimization_barrier', [x])));
    const dataIds = distinct.map((_, i) => recorder.hold(barriers[i]));
    const value = standingFor(distinct, dataIds, () => engine.tidy(f));
    tf.util.assert(value instanceof tf.Tensor, () => 'The result y returned by f() must be a tensor.');
    const y = valueOf(value);
    // what was computed before f ran depends on the tensors themselves: as on a tape that is on already
    const variables = y <= start ? before : barriers;
    const { equations } = builder.finish([]);
    const found = distinct.map((_, i) => isMadeOf(equations, y, variables[i]));
    if (!allowNoGradients && !found.includes(true)) {
      throw new Error('Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed encloses all operations that lead from x to y.');
    }
    const weighted = placed(() => write.convert(dy === null || dy === undefined ? y : write.binary('multiply', y, valueOf(dy)), 'f32'));
    const grads = distinct.map((_, i) => (found[i] ? tensorOf(placed(() => builder.emit('gradient', [weighted, variables[i]]))) : undefined));
    return { value, grads: xs.map((x) => grads[distinct.indexOf(x)]) as Gradients };
  });

  undo.replace(traced, 'runKernelFunc', (parameters) => {
    if ('kernelName' in parameters && parameters.kernelName !== undefined) return runKernelFunc(parameters);
    const { forwardFunc, backwardsFunc, inputs } = parameters as FunctionParameters;
    const scope = (engine.state.activeScope as { readonly name: string } | null)?.name ?? '';
    const start = lastId();
    let saved: readonly ValueId[] = [];
    const result = engine.tidy(() => forwardFunc(engine.backend, (tensors) => (saved = tensors.map(valueOf))));
    if (MADE_OF_PARTS.has(scope) || !(result instanceof tf.Tensor)) return result;
    return engine.tidy(() => {
      const computed = valueOf(result);
      const shape = write.shape(computed);
      if (write.dtype(computed) !== 'f32') return tensorOf(placed(() => write.unary('stop_gradient', computed)));
      // a value that was there before is not the function's own: its result must not be mistaken for it
      const value = computed > start ? computed : placed(() => builder.emit('reshape', [computed], { shape }));
      const cotangent = placed(() => builder.emit('optimization_barrier', [write.filled(0, shape)]));
      const rule = customOpRules.find(({ kernelName }) => kernelName === scope);
      const gradients = rule?.gradient(tensorOf(cotangent), Object.values(inputs), {}) ?? backwardsFunc(tensorOf(cotangent), saved.map((id) => tensorOf(id === computed ? value : id)));
      const pairs = Object.entries(inputs).flatMap(([name, x]) => {
        const operand = valueOf(x);
        if (write.dtype(operand) !== 'f32') return [];
        const gradient = valueOf(gradients[name]());
        tf.util.assertShapesMatch([...write.shape(gradient)], [...write.shape(operand)], `Error in gradient of ${scope}, input '${name}': `);
        return [[operand, placed(() => write.convert(gradient, 'f32'))] as const];
      });
      const isZero = pairs.every(([, gradient]) => {
        const numbers = isMadeOf(builder.finish([]).equations, gradient, cotangent) ? null : recorder.numbersOf(gradient);
        return numbers !== null && numbers.data.every((number) => number === 0);
      });
      return tensorOf(placed(() => (isZero ? write.unary('stop_gradient', value) : builder.emit('custom_vjp', [value, cotangent, ...pairs.flat()]))));
    });
  });
}
