/** Σ|x| over lists of numbers. */
export function sumOfMagnitudes(lists: readonly ArrayLike<number>[]): number {
  let sum = 0;
  for (const list of lists) for (let index = 0; index < list.length; index += 1) sum += Math.abs(list[index]);
  return sum;
}
