import type { PlayerName } from '../models/model.ts';
import type { Trial } from '../trainer/evaluatePlayer.ts';
import type { PersistentMemory } from './persistent.ts';
import type { StateMemory } from './stateMemory.ts';
import * as tf from '@tensorflow/tfjs';

/** The shapes and types of all tensors of a batch, or of graph inputs, as a text. */
export function signatureOf(inputs: Readonly<Record<string, unknown>>): string {
  let text = '';
  const visit = (value: unknown): void => {
    if (value instanceof tf.Tensor) text += `${value.dtype}[${value.shape.join()}]`;
    else if (Array.isArray(value)) {
      text += '(';
      value.forEach(visit);
      text += ')';
    } else text += String(value);
  };
  for (const name in inputs) {
    text += `${name}:`;
    visit(inputs[name]);
    text += ';';
  }
  return text;
}

/** All that the code of an update depends on beside its batch: which terms are awake, which states are there, which variables are trained. */
export function circumstancesOf({ objective, step }: Trial, players: readonly PlayerName[], persistent: PersistentMemory, states: StateMemory): string {
  let text = '';
  for (const { player, every } of objective.terms) if (every > 1 && players.includes(player)) text += (step - 1) % every === 0 ? '1' : '0';
  for (const [key, { shape, dtype }] of states.present()) text += `;${key}:${dtype}[${shape.join()}]`;
  text += ';';
  for (const player of players) {
    for (const { variables } of persistent.players[player].groups) for (const { weight } of variables) text += weight.variable.trainable ? '1' : '0';
  }
  return text;
}
