import * as tf from '@tensorflow/tfjs';
import type { Diagnostic } from '../../support/diagnostic.ts';
import type { Span } from '../../support/source.ts';
import { observePlayer, type Evaluation, type Trial } from './evaluatePlayer.ts';
import type { Player, Players } from './players.ts';
import { share } from './share.ts';

/** Something to look at, and what to call it. */
interface Suspect {
  readonly tensor: tf.Tensor;
  readonly what: string;
  readonly origin: readonly Span[];
}

/**
 * Why an update is not finite, as GL6001: the first value that is not, among the batch, the weights, what the loss computes (run
 * again with the same draws) and the gradients, in this order.
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
    hint: "the step changed nothing; onNaN: 'skip' leaves such updates out",
  };
}

function batchSuspects({ batch }: Trial): readonly Suspect[] {
  return Object.entries(batch).flatMap(([name, value]) => [value ?? []].flat().map((tensor) => ({ tensor: tensor as tf.Tensor, what: `'${name}' in the batch`, origin: [] })));
}

function weightSuspects(players: Players): readonly Suspect[] {
  const networks = [...players.generator.networks, ...players.discriminator.networks];
  return networks.flatMap(({ name, weights }) => weights.map((weight) => ({ tensor: weight, what: `the ${name}'s variable ${weight.name}, before the update,`, origin: [] })));
}

function gradientSuspects(player: Player, { gradients }: Evaluation): readonly Suspect[] {
  return player.variables.flatMap((variable, index) => {
    const tensor = gradients[index];
    return tensor === null ? [] : [{ tensor, what: `the gradient for ${variable.name}`, origin: [] }];
  });
}

async function firstNonFiniteValue(trial: Trial, player: Player, fakes: Evaluation['fakes'] | null): Promise<Culprit | null> {
  const seen: Suspect[] = [];
  try {
    observePlayer(trial, player, fakes, (value, origin, what) => {
      // values inside a gradient die with it: hold on to them
      for (const tensor of tensorsOf(value)) seen.push({ tensor: share(tensor), what: `${NETWORKS.has(what) ? 'the output of ' : ''}${what}`, origin });
    });
    return await firstNonFinite(seen);
  } finally {
    tf.dispose(seen.map(({ tensor }) => tensor));
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
  for (const { tensor, what, origin } of suspects) {
    if (tensor.dtype !== 'float32') continue;
    const range = describeRange(await tensor.data<'float32'>());
    if (range !== null) return { text: `${what} holds ${range}`, origin };
  }
  return null;
}

/** `3 NaN and 1 infinity among 32 values, the others between -1 and 2`; null when all are finite. */
function describeRange(values: Float32Array): string | null {
  let [nan, infinite, low, high] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) nan += 1;
    else if (!Number.isFinite(value)) infinite += 1;
    else [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  if (nan + infinite === 0) return null;
  const found = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])].join(' and ');
  const others = nan + infinite === values.length ? '' : `, the others between ${low} and ${high}`;
  return values.length === 1 ? found.replace('1 ', '') : `${found} among ${values.length} values${others}`;
}

/** The first term of the report that is not finite. */
async function firstTerm({ report, labels }: Evaluation): Promise<string | null> {
  const values = await report.data();
  const index = labels.findIndex((label, place) => label.startsWith('term.') && !Number.isFinite(values[place]));
  return index < 0 ? null : labels[index].slice('term.'.length);
}
