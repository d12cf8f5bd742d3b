import * as tf from '@tensorflow/tfjs';
import { categorical, normal, type Distribution } from '../../../src/index.ts';
import { fieldsOf, listOf, notUnderstood, numberOf, textOf, type Json } from '../corpus/json.ts';
import { recordedOf, toTensor } from '../corpus/tensor.ts';
import { LAYERS, type Data, type Layer } from './layers.ts';

/** A network of the corpus (NET of FORMAT.md). */
export interface BuiltNetwork {
  /** One tensor, or one for each head. */
  readonly call: (x: Data, condition?: Data) => tf.Tensor | readonly tf.Tensor[];
  /** The first head as it is, and the others as distributions. */
  readonly callWithDistributions: (x: Data, condition?: Data) => readonly [tf.Tensor, readonly Distribution[]];
  /** By the names that gradients have in the corpus, in the corpus's order. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly regularizationLosses: () => readonly tf.Scalar[];
  /** How many heads it has; 0 for one output. */
  readonly heads: number;
}

interface Collected {
  readonly variables: Map<string, tf.Variable>;
  readonly penalties: (() => tf.Scalar)[];
}

export function buildNetwork(value: Json, what: string): BuiltNetwork {
  const fields = fieldsOf(value, what);
  textOf(fields.take('name'), `the name of ${what}`);
  const collected: Collected = { variables: new Map(), penalties: [] };
  const trunk = buildLayers(fields.take('layers'), '', collected);
  const given = fields.optional('heads');
  const heads = given === undefined ? null : listOf(given, `the heads of ${what}`).map((head, index) => buildHead(head, index, collected));
  fields.done();

  const call = (x: Data, condition?: Data): tf.Tensor | readonly tf.Tensor[] => {
    const trunkOutput = trunk(x, condition);
    // a trunk without layers passes its data on
    return heads === null ? (trunkOutput as tf.Tensor) : heads.map((head) => head.layers(trunkOutput, condition) as tf.Tensor);
  };
  return {
    call,
    callWithDistributions(x, condition) {
      const outputs = call(x, condition);
      if (heads === null || outputs instanceof tf.Tensor) return notUnderstood(`${what} predicts codes, but has no heads`);
      return [outputs[0], outputs.slice(1).map((output, index) => (heads[index + 1].distribution ?? notUnderstood(`a head of ${what} without a distribution`))(output))];
    },
    variables: collected.variables,
    heads: heads?.length ?? 0,
    regularizationLosses: () => collected.penalties.map((penalty) => penalty()),
  };
}

interface Head {
  readonly layers: (x: Data, condition: Data) => Data;
  readonly distribution: ((output: tf.Tensor) => Distribution) | null;
}

function buildHead(value: Json, index: number, collected: Collected): Head {
  const fields = fieldsOf(value, 'a head');
  textOf(fields.take('name'), 'the name of a head');
  const layers = buildLayers(fields.take('layers'), `h${index}.`, collected);
  const dist = fields.optional('dist');
  fields.done();
  return { layers, distribution: dist === undefined ? null : buildDistribution(dist) };
}

function buildDistribution(value: Json): (output: tf.Tensor) => Distribution {
  const fields = fieldsOf(value, 'a dist');
  const kind = textOf(fields.take('kind'), 'the kind of a dist');
  const kinds: Readonly<Record<string, () => (output: tf.Tensor) => Distribution>> = {
    categorical: () => (output) => categorical(output),
    normal() {
      const scale = numberOf(fields.take('scale'), 'scale');
      return (output) => normal(output, scale);
    },
    normal_loc_scale() {
      const smallest = numberOf(fields.take('min_scale'), 'min_scale');
      return (output) => {
        const [loc, raw] = tf.split(output, 2, -1);
        return normal(loc, tf.add(tf.softplus(raw), smallest));
      };
    },
  };
  const distribution = (Object.hasOwn(kinds, kind) ? kinds[kind] : notUnderstood(`a dist of kind ${kind}`))();
  fields.done();
  return distribution;
}

function buildLayers(value: Json, prefix: string, collected: Collected): (x: Data, condition: Data) => Data {
  const layers = listOf(value, 'layers').map((layer, index) => buildLayer(layer, `${prefix}${index}.`, collected));
  return (x, condition) => layers.reduce<Data>((data, layer) => layer(data, condition), x);
}

function buildLayer(value: Json, prefix: string, { variables, penalties }: Collected): Layer {
  const fields = fieldsOf(value, `layer ${prefix.slice(0, -1)}`);
  const op = textOf(fields.take('op'), 'op');
  const l2 = fields.optional('l2');
  const layer = (Object.hasOwn(LAYERS, op) ? LAYERS[op] : notUnderstood(`a layer of kind ${op}`))({
    fields,
    variable(name, { regularised = false } = {}) {
      const given = fields.take(name);
      if (given === null) return null;
      const variable = tf.tidy(() => tf.variable(toTensor(recordedOf(given, name))));
      variables.set(`${prefix}${name}`, variable);
      if (regularised && l2 !== undefined) {
        const factor = numberOf(l2, 'l2');
        penalties.push(() => tf.mul(factor, tf.sum(tf.square(variable))));
      }
      return variable;
    },
  });
  fields.done();
  return layer;
}
