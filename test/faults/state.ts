import type { TrainerState } from '../../src/runtime/trainer/trainerState.ts';

/** Numbers of a tensor: enough that writing them takes a while. */
const SIZE = 20_000;

/** A state that follows from its step alone, of another size than its neighbours'. */
export function stateOf(step: number): TrainerState {
  const data = Float32Array.from({ length: SIZE + (step % 7) * 1000 }, (_, index) => Math.fround(step + index / 3));
  return {
    model: 'gan',
    fingerprint: 'wasserstein',
    step,
    seed: 1,
    params: {},
    optimizers: { generator: { className: 'Adam', iterations: step } },
    tensors: [{ name: 'weights/generator/0', label: 'w', dtype: 'float32', shape: [data.length], data }],
  };
}
