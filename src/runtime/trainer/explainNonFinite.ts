import * as tf from '@tensorflow/tfjs';
import type { Diagnostic } from '../../support/diagnostic.ts';
import type { Span } from '../../support/source.ts';
import { observePlayer, type Evaluation, type Trial } from './evaluatePlayer.ts';
import type { Player, Players } from './players.ts';
import { share } from './share.ts';
import { watchLayers } from './watchLayers.ts';

/** What to do about a step that is not finite, whatever found it. */
export const NON_FINITE_HINT = "the step changed nothing; onNaN: 'skip' leaves such updates out; saveFailure of ganloss/node keeps the step, and replay takes it once more";

/** Something to look at, and what to call it. */
interface Suspect {
  readonly tensor: tf.Tensor;
  readonly what: string;
  readonly origin: readonly Span[];
  /** What it was computed of. */
  readonly operands: readonly Operand[];
}

interface Operand {
  readonly name: string;
  readonly value: tf.Tensor | number;
}

/**
 * Why an update is not finite, as GL6001: the first value that is not, among the batch, the weights, what the loss computes (run
 * again with the same draws, its layers among it) and the gradients, in this order; and between what bounds lie the values that it was
 * computed of.
 */
export async function explainNonFinite(trial: Trial, players: Players, player: Player, fakes: Evaluation['fakes'] | null, evaluation: Evaluation): Promise<Diagnostic> {
  const culprit =
    (await firstNonFinite(batchSuspects(trial))) ??
    (await firstNonFinite(weightSuspects(players))) ??
    (await firstNonFiniteValue(trial, player, fakes)) ??
    (await firstNonFinite(gradientSuspects(player, evaluation)));
  const term = await firstTerm(evaluation);
  const place = `${player.name}, step ${trial.step}${term === null ? '' : `, term '${term}'`}`;
  return {
    code: 'GL6001',
    severity: 'error',
    message: `${place}: ${culprit?.text ?? 'the loss is not finite'}`,
    span: culprit?.origin[0] ?? null,
    labels: culprit?.origin.slice(1).map((span) => ({ span, message: 'also from here' })) ?? [],
    hint: NON_FINITE_HINT,
  };
}

function batchSuspects({ batch }: Trial): readonly Suspect[] {
  return Object.entries(batch).flatMap(([name, value]) => [value ?? []].flat().map((tensor) => ({ tensor: tensor as tf.Tensor, what: `'${name}' in the batch`, origin: [], operands: [] })));
}

function weightSuspects(players: Players): readonly Suspect[] {
  const networks = [...players.generator.networks, ...players.discriminator.networks];
  return networks.flatMap(({ name, weights }) => weights.map((weight) => ({ tensor: weight, what: `the ${name}'s variable ${weight.name}, before the update,`, origin: [], operands: [] })));
}

function gradientSuspects(player: Player, { gradients }: Evaluation): readonly Suspect[] {
  return player.variables.flatMap((variable, index) => {
    const tensor = gradients[index];
    return tensor === null ? [] : [{ tensor, what: `the gradient for ${variable.name}`, origin: [], operands: [{ name: 'the variable', value: variable }] }];
  });
}

async function firstNonFiniteValue(trial: Trial, player: Player, fakes: Evaluation['fakes'] | null): Promise<Culprit | null> {
  const seen: Suspect[] = [];
  const held: tf.Tensor[] = [];
  // values inside a gradient die with it: hold on to them
  const hold = (tensor: tf.Tensor): tf.Tensor => {
    const copy = share(tensor);
    held.push(copy);
    return copy;
  };
  try {
    watchLayers(
      () =>
        observePlayer(trial, player, fakes, (value, origin, what, operands) => {
          const of = operands.flatMap((operand): readonly Operand[] => (typeof operand === 'number' ? [{ name: '', value: operand }] : tensorsOf(operand).map((tensor) => ({ name: '', value: hold(tensor) }))));
          for (const tensor of tensorsOf(value)) seen.push({ tensor: hold(tensor), what: `${NETWORKS.has(what) ? 'the output of ' : ''}${what}`, origin, operands: of });
        }),
      ({ layer, inputs, outputs }) => {
        const weights = layer instanceof tf.LayersModel ? [] : layer.weights.map((weight) => ({ name: weight.name, value: weight.read() }));
        const of = [...inputs.map((input) => ({ name: 'inputs', value: hold(input) })), ...weights];
        for (const output of outputs) seen.push({ tensor: hold(output), what: `the output of the layer ${layer.name} (${layer.getClassName()})`, origin: [], operands: of });
      },
    );
    return await firstNonFinite(seen);
  } finally {
    tf.dispose(held);
  }
}

const NETWORKS: ReadonlySet<string> = new Set(['G', 'F', 'D', 'Dx', 'Dy']);

function tensorsOf(value: unknown): readonly tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsOf) : [];
}

interface Culprit {
  readonly text: string;
  readonly origin: readonly Span[];
}

async function firstNonFinite(suspects: readonly Suspect[]): Promise<Culprit | null> {
  for (const { tensor, what, origin, operands } of suspects) {
    if (tensor.dtype !== 'float32') continue;
    const range = describeRange(await tensor.data<'float32'>());
    if (range !== null) return { text: `${what} holds ${range}${await describeOperands(operands)}`, origin };
  }
  return null;
}

/** `, of inputs between -1 and 1 and dense/kernel between 0 and 3e38`; nothing where it is computed of nothing. */
async function describeOperands(operands: readonly Operand[]): Promise<string> {
  const texts = await Promise.all(
    operands.map(async ({ name, value }) => {
      const called = name === '' ? '' : `${name} `;
      if (typeof value === 'number') return `${called}${value}`;
      const [low, high] = boundsOf(await value.data());
      if (low > high) return `${called}nothing finite`;
      return `${called}${low === high ? short(low) : `between ${short(low)} and ${short(high)}`}`;
    }),
  );
  return texts.length === 0 ? '' : `, of ${texts.join(' and ')}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Of the finite values; the first is above the second where there is none. */
function boundsOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index += 1) if (Number.isFinite(values[index])) [low, high] = [Math.min(low, values[index]), Math.max(high, values[index])];
  return [low, high];
}

/** `3 NaN and 1 infinity among 32 values, the others between -1 and 2`; null when all are finite. */
function describeRange(values: Float32Array): string | null {
  let [nan, infinite] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) nan += 1;
    else if (!Number.isFinite(value)) infinite += 1;
  }
  if (nan + infinite === 0) return null;
  const found = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])].join(' and ');
  const [low, high] = boundsOf(values);
  const others = nan + infinite === values.length ? '' : `, the others between ${low} and ${high}`;
  return values.length === 1 ? found.replace('1 ', '') : `${found} among ${values.length} values${others}`;
}

/** The first term of the report that is not finite. */
async function firstTerm({ report, labels }: Evaluation): Promise<string | null> {
  const values = await report.data();
  const index = labels.findIndex((label, place) => label.startsWith('term.') && !Number.isFinite(values[place]));
  return index < 0 ? null : labels[index].slice('term.'.length);
}
