import * as tf from '@tensorflow/tfjs';
import { fail } from '../models/fail.ts';
import type { RandomSource } from '../random.ts';
import { toTensor, type Operand } from './toTensor.ts';

/**
 * A function of tensors that the user supplies under a name that the specification calls. It is differentiated by tfjs's tape, so it
 * must be made of tf's functions. What it draws from `random` is a function of the seed, the step and the draw's name; called again
 * within one step for the same place of the specification, it must give the same result.
 */
export type Hook = (x: tf.Tensor, random: RandomSource) => tf.Tensor;

export type Hooks = Readonly<Record<string, Hook>>;

/**
 * What the hook makes of x, whatever its shape.
 *
 * @throws SpecError GL5001 where there is no such hook, GL5009 where it returns no tensor
 */
export function callHook(hooks: Hooks | undefined, name: string, x: Operand, random: RandomSource, draw: string): tf.Tensor {
  const hook = requireHooks(hooks ?? {}, [name])[0];
  const result: unknown = hook(toTensor(x), within(random, draw));
  if (result instanceof tf.Tensor) return result;
  return fail('GL5009', `the hook '${name}' returns ${result instanceof Promise ? 'a promise' : String(result)}, not a tensor`);
}

/**
 * The same for a hook that must keep the shape.
 *
 * @throws SpecError GL5002 where it does not
 */
export function callShapedHook(hooks: Hooks | undefined, name: string, x: Operand, random: RandomSource, draw: string): tf.Tensor {
  const { shape } = toTensor(x);
  const result = callHook(hooks, name, x, random, draw);
  if (tf.util.arraysEqual(result.shape, shape)) return result;
  return fail('GL5002', `the hook '${name}' makes [${result.shape}] of [${shape}]: it must keep the shape`);
}

/** The hooks of those names. @throws SpecError GL5001 that names the first hook that is not there */
export function requireHooks(hooks: Hooks, names: readonly string[]): readonly Hook[] {
  const missing = names.find((name) => typeof hooks[name] !== 'function');
  if (missing === undefined) return names.map((name) => hooks[name]);
  return fail('GL5001', `the hook '${missing}' is missing, which the objective calls`, `hooks: { ${/^\w+$/.test(missing) ? missing : JSON.stringify(missing)}: (x, random) => … }`);
}

/** The draws of one place of the specification. */
function within(random: RandomSource, place: string): RandomSource {
  return {
    uniform: (draw, shape) => random.uniform(`${place}/${draw}`, shape),
    normal: (draw, shape) => random.normal(`${place}/${draw}`, shape),
    numbers: (draw, length) => random.numbers(`${place}/${draw}`, length),
  };
}
