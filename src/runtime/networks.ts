import * as tf from '@tensorflow/tfjs';
import { categorical, isDistribution, normal, type Distribution } from './distributions.ts';
import { fail } from './models/fail.ts';

/** What a network takes beside its data: a tensor, a list of them, or (StarGAN's discriminator) the number of domains. */
export type Condition = unknown;

/** What a user's network may return: its output, a list of heads, or heads by name; the first one is `D(x)`. */
export type NetworkOutput = tf.Tensor | readonly HeadOutput[] | { readonly [head: string]: HeadOutput };
export type HeadOutput = tf.Tensor | Distribution | readonly tf.Tensor[] | readonly Distribution[];

/** A network as users bring it. A function is called as (data, condition) and must create no variables of its own. */
export type Network = tf.LayersModel | NetworkFunction;

export interface NetworkFunction {
  (data: tf.Tensor, condition?: Condition): NetworkOutput;
  /** What regularises its weights, to be added to its player's loss, as a LayersModel's layers tell of themselves. */
  readonly regularizationLosses?: () => readonly tf.Scalar[];
}

/** All heads of one call; without a name, or null, the first. */
export interface Outputs {
  readonly head: (name?: string | null) => HeadOutput;
}

/** A network as programs call it. */
export interface BoundNetwork {
  (data: tf.Tensor, condition?: Condition): tf.Tensor;
  readonly outputs: (data: tf.Tensor, condition?: Condition) => Outputs;
  /** Its variables, those that are not trained among them; undefined for a function that does not say. */
  readonly variables?: readonly tf.Variable[];
}

export interface BindOptions {
  /** What diagnostics call it: 'discriminator'. */
  readonly role: string;
  /** Whether layers run in training mode (batch statistics, dropout). */
  readonly training: boolean;
  /** Where a list of outputs keeps a named head: `classes` is the second of an acgan's, `codes` all but the first. */
  readonly heads: Readonly<Record<string, number | 'rest'>>;
  /** The variables of a network that is a function and does not carry them as its property `variables`. */
  readonly variables?: readonly tf.Variable[];
  /** The codes that distributions given as plain tensors are for. */
  readonly codes?: readonly tf.Tensor[];
}

/** Makes a user's network callable by programs. */
export function bindNetwork(network: Network, options: BindOptions): BoundNetwork {
  const call = (data: tf.Tensor, condition: Condition): NetworkOutput =>
    network instanceof tf.LayersModel ? applyModel(network, data, condition, options) : network(data, condition);
  const outputs = (data: tf.Tensor, condition: Condition): Outputs => createOutputs(call(data, condition), network, options);
  const single = (data: tf.Tensor, condition?: Condition): tf.Tensor => {
    const first = outputs(data, condition).head(null);
    if (first instanceof tf.Tensor) return first;
    return fail('GL5003', `the first output of the ${options.role} is not a tensor`);
  };
  return Object.defineProperty(Object.assign(single, { outputs }), 'variables', { get: () => options.variables ?? variablesOf(network) });
}

/** The variables that a network carries; undefined for a function that says nothing of them. */
export function variablesOf(network: Network): readonly tf.Variable[] | undefined {
  // a layer variable's value is the tfjs variable itself, though its type says tensor
  if (network instanceof tf.LayersModel) return network.weights.map((weight) => weight.read() as tf.Variable);
  return (network as { readonly variables?: readonly tf.Variable[] }).variables;
}

/** A model's outputs for the data, and as many tensors of the condition as it has further inputs. @throws SpecError GL5001 for too few */
export function applyModel(
  model: tf.LayersModel,
  data: tf.Tensor | readonly tf.Tensor[],
  condition: Condition,
  { role, training }: Pick<BindOptions, 'role' | 'training'>,
): tf.Tensor | tf.Tensor[] {
  const given = [data, condition].flat().filter((value): value is tf.Tensor => value instanceof tf.Tensor);
  const wanted = model.inputs.length;
  if (given.length < wanted) {
    return fail('GL5001', `the ${role} takes ${wanted} inputs, but only ${given.length} can be fed: its data${given.length > 1 ? ' and the condition' : ''}`);
  }
  // a model of one input is unconditional: it sees the data alone
  const fed = given.slice(0, wanted);
  return model.apply(wanted === 1 ? fed[0] : fed, { training }) as tf.Tensor | tf.Tensor[];
}

function createOutputs(result: NetworkOutput, network: Network, options: BindOptions): Outputs {
  if (result instanceof tf.Tensor) return outputsOf([['output', result]], [result], options);
  if (isList(result)) {
    const names = network instanceof tf.LayersModel ? network.outputNames : [];
    return outputsOf(result.map((head, index) => [names[index] ?? String(index), head]), result, options);
  }
  return outputsOf(Object.entries(result), null, options);
}

function isList(value: NetworkOutput): value is readonly HeadOutput[] {
  return Array.isArray(value);
}

function outputsOf(named: readonly (readonly [string, HeadOutput])[], list: readonly HeadOutput[] | null, options: BindOptions): Outputs {
  return {
    head(name = null) {
      if (named.length === 0) return fail('GL5003', `the ${options.role} returns nothing`);
      if (name === null) return named[0][1];
      const found = named.find(([key]) => key === name)?.[1] ?? headByPlace(list, options.heads[name]);
      if (found === undefined) {
        const outputs = named.length === 1 ? 'one output' : `${named.length} outputs, ${named.map(([key]) => `'${key}'`).join(', ')}`;
        const hint = `return an object with a '${name}', or give the model an output layer of that name`;
        return fail('GL5003', `the ${options.role} has no head '${name}': it returns ${outputs}`, hint);
      }
      return name === 'codes' ? asDistributions(found, options.codes ?? []) : found;
    },
  };
}

function headByPlace(list: readonly HeadOutput[] | null, place: number | 'rest' | undefined): HeadOutput | undefined {
  if (list === null || place === undefined) return undefined;
  // a list of heads of one kind is again a head
  if (place === 'rest') return list.length < 2 ? undefined : (list.slice(1) as readonly tf.Tensor[]);
  return list[place];
}

/** A tensor in place of a distribution: logits for a code of class numbers, the mean of a unit normal for a continuous one. */
function asDistributions(head: HeadOutput, codes: readonly tf.Tensor[]): readonly Distribution[] {
  const list = Array.isArray(head) ? (head as readonly (tf.Tensor | Distribution)[]) : [head as tf.Tensor | Distribution];
  if (list.length !== codes.length) return fail('GL5003', `the discriminator predicts ${list.length} codes, but ${codes.length} are fed`);
  return list.map((item, index) => asDistribution(item, codes[index]));
}

export function asDistribution(item: tf.Tensor | Distribution, code: tf.Tensor): Distribution {
  if (isDistribution(item)) return item;
  return code.dtype === 'int32' ? categorical(item) : normal(item, 1);
}
