import * as tf from '@tensorflow/tfjs';
import { invariant } from '../../support/invariant.ts';
import { bindNetwork, type BoundNetwork, type HeadOutput, type NetworkOutput } from '../../runtime/networks.ts';
import type { FieldName, LossFields } from './builtinLoss.ts';
import { broadcastShape } from './shapes.ts';

/** What a compiled objective reads, answered by fields. */
export interface BoundFields {
  /** A graph input by the name that the language gives it. */
  readonly inputs: (name: string) => unknown;
  readonly networks: Readonly<Record<string, BoundNetwork>>;
}

/** Stands for data that nothing reads: D of it is a field. */
interface Token {
  readonly token: string;
}

/**
 * The discriminator of real or generated data is what the model has of it already; at any other point it is called. So a field is
 * computed once, whoever reads it.
 */
export function bindFields(fields: LossFields): BoundFields {
  const real = fields.realData ?? { token: 'real' };
  const fake = spread(fields.generatedData, fields.realData) ?? { token: 'fake' };
  const [fakeX, fakeY]: readonly Token[] = [{ token: 'fake x' }, { token: 'fake y' }];
  const condition = fields.generatorInputs ?? null;
  const values: Readonly<Record<string, unknown>> = {
    real,
    fake,
    z: condition,
    labels: asFloat(fields.oneHotLabels),
    codes: fields.structuredGeneratorInputs,
    x: asFloat(fields.dataX) ?? real,
    y: asFloat(fields.dataY),
    fake_x: fakeX,
    fake_y: fakeY,
    domains: condition,
    label: asFloat(fields.label),
    target: asFloat(fields.target),
  };
  const need = (name: FieldName): HeadOutput => {
    const value = fields[name];
    invariant(value !== undefined, `no '${name}' among the fields`);
    return value as HeadOutput;
  };
  const heads = (names: Readonly<Record<string, FieldName>>) =>
    answer((name) => {
      const field = names[name ?? ''];
      invariant(field !== undefined, `no head '${name}' among the fields`);
      return asFloat(need(field));
    });
  const known = new Map<unknown, BoundNetwork['outputs']>([
    [real, heads({ '': 'discriminatorRealOutputs', classes: 'discriminatorRealClassificationLogits' })],
    [fake, heads({ '': 'discriminatorGenOutputs', classes: 'discriminatorGenClassificationLogits', codes: 'predictedDistributions' })],
  ]);
  const elsewhere = (): BoundNetwork => {
    const network = fields.discriminatorFn;
    invariant(network !== undefined, "no 'discriminatorFn' among the fields");
    return bindNetwork(network as (data: tf.Tensor, condition?: unknown) => NetworkOutput, { role: 'discriminator', training: true, heads: {} });
  };
  return {
    inputs: (name) => values[name],
    networks: {
      D: network((data, given) => (known.get(data) ?? elsewhere().outputs)(data, given)),
      // G of its own input is the graph's input `fake`: what is left is the way back
      G: network((data) => head(need(data === (fakeX as unknown) ? 'reconstructedDataY' : 'reconstructedData'))),
      F: network(() => head(need('reconstructedDataX'))),
    },
  };
}

function network(outputs: BoundNetwork['outputs']): BoundNetwork {
  return Object.assign((data: tf.Tensor, condition?: unknown) => outputs(data, condition).head() as tf.Tensor, { outputs });
}

type Outputs = ReturnType<BoundNetwork['outputs']>;
const answer = (head: Outputs['head']) => (): Outputs => ({ head });
const head = (value: HeadOutput): Outputs => ({ head: () => value });

/** TF-GAN's losses cast what they are given; those that do not refuse it beforehand. */
function asFloat<Value>(value: Value): Value | tf.Tensor {
  return value instanceof tf.Tensor && value.dtype !== 'float32' ? tf.cast(value, 'float32') : value;
}

/** One generated sample against a batch of real ones counts as often: alpha is drawn for each difference. */
function spread(fake: tf.Tensor | undefined, real: tf.Tensor | undefined): tf.Tensor | undefined {
  if (fake === undefined || real === undefined || fake.shape.join() === real.shape.join()) return fake;
  const shape = broadcastShape(fake.shape, real.shape);
  return shape.join() === fake.shape.join() ? fake : tf.broadcastTo(fake, [...shape]);
}
