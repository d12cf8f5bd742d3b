import * as tf from '@tensorflow/tfjs';

const ROUNDS = [1, 2, 3, 4];

/** How far each entry is from `before`, at most, in rounds that differ from it in the last bits of the variables. */
export function largestMovements(before: ReadonlyMap<string, ArrayLike<number>>, run: (round: number) => ReadonlyMap<string, ArrayLike<number>>): ReadonlyMap<string, Float32Array> {
  const largest = new Map([...before].map(([name, values]) => [name, new Float32Array(values.length)] as const));
  for (const round of ROUNDS) include(largest, before, run(round));
  return largest;
}

/** The same for runs that take their time. */
export async function largestMovementsOf(
  before: ReadonlyMap<string, ArrayLike<number>>,
  run: (round: number) => Promise<ReadonlyMap<string, ArrayLike<number>>>,
): Promise<ReadonlyMap<string, Float32Array>> {
  const largest = new Map([...before].map(([name, values]) => [name, new Float32Array(values.length)] as const));
  for (const round of ROUNDS) include(largest, before, await run(round));
  return largest;
}

function include(largest: ReadonlyMap<string, Float32Array>, before: ReadonlyMap<string, ArrayLike<number>>, moved: ReadonlyMap<string, ArrayLike<number>>): void {
  for (const [name, values] of moved) {
    const [movements, original] = [largest.get(name), before.get(name)];
    if (movements === undefined || original === undefined) continue;
    movements.forEach((movement, index) => (movements[index] = Math.max(movement, Math.abs(values[index] - original[index]))));
  }
}

/** Changes variables in their last bits, each entry by a factor of 1 ± 2⁻²³ or not at all, in another pattern each round. @returns what puts them back */
export function perturbVariables(variables: readonly tf.Variable[], round: number): () => void {
  const originals = variables.map((variable) => variable.clone());
  variables.forEach((variable, index) => {
    const values = originals[index].dataSync<'float32'>().map((value, place) => value * (1 + ((((place + 1) * (round * 7 + 3)) % 3) - 1) * 2 ** -23));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
  });
  return () => variables.forEach((variable, index) => variable.assign(originals[index]));
}
