import * as tf from '@tensorflow/tfjs';
import { flattenNest, type Nest } from '../../../src/runtime/nest.ts';
import { isList, booleanOf, listOf, notUnderstood, numberOf, numbersOf, objectOf, textOf, type Fields, type Json } from '../corpus/json.ts';
import { decodeOptions } from '../corpus/options.ts';
import { isRecorded, recordedOf, tensorOf, type Recorded } from '../corpus/tensor.ts';
import { callFacade } from '../facade.ts';
import type { TensorPool } from '../../../src/tfgan.ts';
import type { CaseContext, Family } from './family.ts';

/** Family `tensor_pool`. What is random is compared as a statistic: the draws are another generator's. */
export const tensorPool: Family = (context) => {
  const { fields } = context;
  const kind = textOf(fields.take('kind'), 'kind');
  const options = decodeOptions(fields.optional('options') ?? {}).values;
  // TensorFlow's seed says nothing here; ours makes the run repeatable
  const seed = numberOf(fields.optional('graph_seed') ?? 1, 'graph_seed');
  const pool = callFacade('tensor_pool', { ...options, seed }) as TensorPool;
  const kinds: Readonly<Record<string, (context: CaseContext, pool: TensorPool) => void>> = { sequence: checkSequence, statistics: checkStatistics, consistency: checkConsistency };
  try {
    (Object.hasOwn(kinds, kind) ? kinds[kind] : notUnderstood(`a case of kind ${kind}`))(context, pool);
  } finally {
    pool.dispose();
  }
};

function checkSequence({ fields, expect, checks }: CaseContext, pool: TensorPool): void {
  const inputs = listOf(fields.take('inputs'), 'inputs').map((input) => nestOf(input));
  // JavaScript has one kind of list
  fields.optional('tuples');
  fields.done();
  const outputs = inputs.map((input) => pool(input));
  if (expect === null) return;
  const sameObject = outputs[0] === inputs[0];
  checks.same('same_object', sameObject, booleanOf(expect.take('same_object'), 'same_object'));
  listOf(expect.take('outputs'), 'outputs').forEach((wanted, index) => {
    checks.same(`structure of output ${index}`, structureOf(outputs[index]), structureOfRecorded(wanted));
    const [own, recorded] = [flattenNest(outputs[index]), leavesOf(wanted)];
    checks.same(`parts of output ${index}`, own.length, recorded.length);
    recorded.forEach((leaf, part) => checks.loss(`output ${index}, part ${part}`, own[part], leaf));
  });
  checkShapes(expect, flattenNest(outputs[0]), checks);
}

function checkShapes(expect: Fields, leaves: readonly tf.Tensor[], checks: CaseContext['checks']): void {
  checks.same('static_shapes', leaves.map(({ shape }) => shape), listOf(expect.take('static_shapes'), 'static_shapes').map((shape) => numbersOf(shape, 'a shape')));
}

/** Inputs 0, 1, 2 …: how old what comes out is. */
function checkStatistics({ fields, expect, checks }: CaseContext, pool: TensorPool): void {
  const draws = numberOf(fields.take('draws'), 'draws');
  const bins = numberOf(fields.take('histogram_bins'), 'histogram_bins');
  fields.done();
  const outputs = Array.from({ length: draws }, (_, index) => tf.tidy(() => pool(tf.scalar(index, 'int32')).dataSync()[0]));
  if (expect === null) return;
  const afterFill = numberOf(expect.take('draws_after_fill'), 'draws_after_fill');
  const ages = outputs.map((output, index) => index - output);
  const [filling, rest] = [ages.slice(0, draws - afterFill), ages.slice(draws - afterFill)];
  checks.same('unchanged_while_filling', filling.every((age) => age === 0), booleanOf(expect.take('unchanged_while_filling'), 'unchanged_while_filling'));
  checks.same('outputs_never_from_future', ages.every((age) => age >= 0), booleanOf(expect.take('outputs_never_from_future'), 'outputs_never_from_future'));
  checkProportion('fraction_unchanged_after_fill', rest.filter((age) => age === 0).length, numberOf(expect.take('fraction_unchanged_after_fill'), 'a fraction'), rest.length, checks);
  const changed = rest.filter((age) => age > 0);
  const meanAge = numberOf(expect.take('mean_age_of_changed'), 'mean_age_of_changed');
  // ages are geometric: their deviation is about their mean, and neighbouring draws share what the pool holds
  checks.near('mean_age_of_changed', changed.reduce((sum, age) => sum + age, 0) / Math.max(1, changed.length), meanAge, (12 * meanAge) / Math.sqrt(Math.max(1, changed.length)));
  checkHistogram(rest, recordedOf(expect.take('age_histogram'), 'age_histogram'), bins, checks);
  checkExtreme('max_age', Math.max(...ages), numberOf(expect.take('max_age'), 'max_age'), checks);
  const times = new Map<number, number>();
  for (const output of outputs) times.set(output, (times.get(output) ?? 0) + 1);
  checkExtreme('times_returned_max', Math.max(...times.values()), numberOf(expect.take('times_returned_max'), 'times_returned_max'), checks);
}

/** Six standard deviations of the difference of two such counts. */
function checkProportion(what: string, count: number, expected: number, draws: number, checks: CaseContext['checks']): void {
  checks.near(what, count / draws, expected, 6 * Math.sqrt((2 * expected * (1 - expected)) / draws));
}

function checkHistogram(ages: readonly number[], expected: Recorded, bins: number, checks: CaseContext['checks']): void {
  const histogram = Array<number>(bins + 1).fill(0);
  for (const age of ages) histogram[Math.min(age, bins)] += 1;
  checks.same('bins of age_histogram', histogram.length, expected.data.length);
  // counts of neighbouring draws are not independent: twice the deviation of independent ones, and a few
  expected.data.forEach((count, age) => checks.near(`age_histogram[${age}]`, histogram[age], count, 12 * Math.sqrt(2 * Math.max(count, histogram[age])) + 6));
}

/** Extremes of two runs are of one size. */
function checkExtreme(what: string, actual: number, expected: number, checks: CaseContext['checks']): void {
  checks.near(`${what} (logarithm)`, Math.log1p(actual), Math.log1p(expected), Math.log(2.5));
}

function checkConsistency({ fields, expect, checks }: CaseContext, pool: TensorPool): void {
  const [shape] = listOf(fields.take('inputs'), 'inputs');
  const draws = numberOf(fields.take('draws'), 'draws');
  fields.done();
  const [leaves, like] = [leavesOf(shape), nestOf(shape)];
  let [consistent, fresh] = [true, 0];
  let shapes: readonly tf.Tensor[] = [];
  for (let index = 0; index < draws; index += 1) {
    const output = pool(nestOf(shape, index));
    shapes = flattenNest(output);
    const marks = new Set(shapes.flatMap((part) => [...part.dataSync()]));
    consistent &&= marks.size === 1;
    if (marks.has(index)) fresh += 1;
  }
  if (expect === null) return;
  checks.same('structure', structureOf(like), structureOfRecorded(shape));
  checks.same('parts_always_from_one_input', consistent, booleanOf(expect.take('parts_always_from_one_input'), 'parts_always_from_one_input'));
  checkProportion('fraction_unchanged', fresh, numberOf(expect.take('fraction_unchanged'), 'fraction_unchanged'), draws, checks);
  checks.same('same_object', flattenNest(like)[0] === shapes[0], booleanOf(expect.take('same_object'), 'same_object'));
  checks.same('parts', shapes.length, leaves.length);
  checkShapes(expect, shapes, checks);
}

/** Tensors in lists and objects; filled with one number where a mark is given. */
function nestOf(value: Json, mark?: number): Nest {
  if (isRecorded(value)) {
    if (mark === undefined) return tensorOf(value, 'an input');
    const { shape, dtype } = recordedOf(value, 'an input');
    return tf.fill([...shape], mark, dtype === 'bool' ? 'int32' : dtype);
  }
  if (isList(value)) return value.map((part) => nestOf(part, mark));
  return Object.fromEntries(Object.entries(objectOf(value, 'an input')).map(([key, part]) => [key, nestOf(part, mark)]));
}

function leavesOf(value: Json): readonly Recorded[] {
  if (isRecorded(value)) return [recordedOf(value, 'a part')];
  return (isList(value) ? value : Object.values(objectOf(value, 'a part'))).flatMap(leavesOf);
}

function structureOf(nest: Nest): unknown {
  if (nest instanceof tf.Tensor) return '.';
  if (Array.isArray(nest)) return nest.map(structureOf);
  return Object.fromEntries(Object.entries(nest).map(([key, part]) => [key, structureOf(part as Nest)]));
}

function structureOfRecorded(value: Json): unknown {
  if (isRecorded(value)) return '.';
  if (isList(value)) return value.map(structureOfRecorded);
  return Object.fromEntries(Object.entries(objectOf(value, 'a part')).map(([key, part]) => [key, structureOfRecorded(part)]));
}
