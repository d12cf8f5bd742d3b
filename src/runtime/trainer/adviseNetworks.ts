import * as tf from '@tensorflow/tfjs';
import type { Diagnostic } from '../../support/diagnostic.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import type { Networks } from '../models/model.ts';
import type { RunnableObjective } from '../runnable.ts';
import { logitNetworks, penalisedNetworks } from './programUses.ts';

/** What a program calls a user's network. */
const NAME_IN_PROGRAM: Readonly<Record<string, string>> = { discriminator: 'D', 'x2y.discriminator': 'Dy', 'y2x.discriminator': 'Dx' };

const BATCH_NORM = {
  code: 'GL5010',
  hint: 'layer normalisation keeps samples apart (Gulrajani et al., 2017, section 4, "No critic batch normalization": https://arxiv.org/abs/1704.00028)',
} as const;

const SIGMOID = {
  code: 'GL5011',
  hint: 'let its last layer be linear: the loss is equation 1 of Goodfellow et al., 2014 (https://arxiv.org/abs/1406.2661), computed of logits as tf.nn.sigmoid_cross_entropy_with_logits does',
} as const;

/**
 * What is right but unwise in how a discriminator and an objective meet: GL5010, batch normalisation under a gradient penalty; GL5011, a
 * sigmoid before a loss that takes logits. Only a LayersModel can be looked into; a function is trusted.
 */
export function adviseNetworks(objective: RunnableObjective, networks: Networks, training: boolean): readonly Diagnostic[] {
  const losses = objective.program.functions;
  const penalised = new Set(losses.flatMap((loss) => [...penalisedNetworks(loss)]));
  const logits = new Set(losses.flatMap((loss) => [...logitNetworks(loss)]));
  return MODEL_ADAPTERS[objective.model].owned(networks, 'discriminator').flatMap(({ name, network }) => {
    if (!(network instanceof tf.LayersModel)) return [];
    const inProgram = NAME_IN_PROGRAM[name] ?? name;
    const normalised = training && penalised.has(inProgram) ? layersOf(network).find((layer) => layer.getClassName() === 'BatchNormalization') : undefined;
    const squashed = logits.has(inProgram) ? squashingLayer(network) : undefined;
    return [
      ...(normalised === undefined ? [] : [advice(BATCH_NORM, `the ${name}'s layer '${normalised.name}' normalises over the batch, and a gradient penalty limits the gradient of each sample: each sample's gradient then depends on the others`)]),
      ...(squashed === undefined ? [] : [advice(SIGMOID, `the ${name} ends in a sigmoid, layer '${squashed.name}', and its loss takes logits: the sigmoid is applied twice, which keeps probabilities between 1/2 and 0.73`)]),
    ];
  });
}

function advice({ code, hint }: { readonly code: 'GL5010' | 'GL5011'; readonly hint: string }, message: string): Diagnostic {
  return { code, severity: 'warning', message, span: null, hint };
}

/** All layers, those of models and wrappers within among them. */
function layersOf(model: tf.LayersModel): readonly tf.layers.Layer[] {
  return model.layers.flatMap((layer) => {
    if (layer instanceof tf.LayersModel) return layersOf(layer);
    const { layer: wrapped } = layer as { readonly layer?: tf.layers.Layer };
    return wrapped === undefined ? [layer] : [layer, wrapped];
  });
}

/** Layers that leave every number as it is. */
const MOVING: ReadonlySet<string> = new Set(['Flatten', 'Reshape', 'Permute', 'Dropout']);

/** The layer whose sigmoid makes the model's first output. */
function squashingLayer(model: tf.LayersModel): tf.layers.Layer | undefined {
  let output: tf.SymbolicTensor | undefined = model.outputs[0];
  while (output !== undefined) {
    const layer: tf.layers.Layer = output.sourceLayer;
    if (layer instanceof tf.LayersModel) return squashingLayer(layer);
    const { activation } = layer.getConfig();
    if (activation === 'sigmoid' || activation === 'hardSigmoid') return layer;
    if (!MOVING.has(layer.getClassName())) return undefined;
    output = output.inputs[0];
  }
  return undefined;
}
