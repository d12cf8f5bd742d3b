import * as tf from '@tensorflow/tfjs';
import { SpecError, type Objective } from '../../../src/index.ts';
import { isList, isNumberText, numberOf, objectOf, type Json } from '../corpus/json.ts';
import { decodeOptions, reductionOf } from '../corpus/options.ts';
import type { CaseContext } from '../families/family.ts';

/** Runs a case as a compiled specification. */
export type LanguageFamily = (context: CaseContext, compileSpec: CompileSpec) => void;
/** Compiles a specification, once for all cases that share its text. */
export type CompileSpec = (text: string) => Objective;

/** Thrown for a case that a specification does not say, and why not. */
export class Inexpressible extends Error {}

/** Why a case of TF-GAN is not a specification. */
export const REASONS = {
  notFinite: 'a weight that is not finite is no number of the language',
  none: 'None in the place of a number is an error of Python',
  string: 'a string in the place of a number is an error of Python',
  tensorWeight: 'a weight is a number or a param, and a Tensor that is no float scalar is neither',
  smoothing: 'TF-GAN takes a smoothing above 1 and ignores a negative one; the language refuses both (GL3013)',
  tensorSmoothing: 'a smoothing that is a Tensor is an error of Python; the language takes one',
  int32: 'TensorFlow keeps whole numbers apart; what networks return is float32 here',
  shapes: 'three losses of TF-GAN insist on one shape for real and generated outputs; the language broadcasts',
  keywords: 'which keyword arguments a function takes is a matter of Python',
  notList: 'a single distribution is a list of one here',
  notDistribution: 'a tensor in the place of a distribution is what it is made of',
  constantWeights: 'TensorFlow folds constant weights that sum to 0 before it differentiates; an input is no constant',
  scalar: 'the first dimension of data is the batch: scalars have none',
  emptyList: 'a batch has at least one code',
  functions: 'functions of tensors as options of a loss are no part of a specification: it has terms of its own',
  heads: 'several outputs are heads in the language, of which the first is the verdict',
  override: 'fields of a model that were replaced belong to tuples',
} as const;

export function inexpressible(reason: keyof typeof REASONS): never {
  throw new Inexpressible(REASONS[reason]);
}

/** A specification that grows while a case is read, and what it is fed with. */
export interface SpecBuilder {
  readonly setting: (line: string) => void;
  /** A definition that the objective uses. */
  readonly define: (text: string) => void;
  /** A number or a Tensor as an argument of a term: a literal, or a declared input. */
  readonly argument: (name: string, value: Json) => string;
  /** A number or a Tensor as a weight: a literal, or a param that is set. */
  readonly weight: (name: string, value: Json) => string;
  readonly text: (objective: string) => string;
  /** Declared inputs. */
  readonly batch: Readonly<Record<string, tf.Tensor>>;
  readonly params: Readonly<Record<string, number>>;
  /** Tensors among the arguments, by the names of their options. */
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
}

export function buildSpec(): SpecBuilder {
  const [settings, declarations, definitions]: string[][] = [[], [], []];
  const batch: Record<string, tf.Tensor> = {};
  const params: Record<string, number> = {};
  const tensors = new Map<string, tf.Tensor>();
  return {
    setting: (line) => settings.push(line),
    define: (text) => definitions.push(text),
    argument(name, value) {
      const tensor = optionTensor(name, value);
      if (tensor === null) return literal(value);
      const input = `option_${name}`;
      declarations.push(`input ${input}`);
      batch[input] = tensor;
      tensors.set(name, tensor);
      return input;
    },
    weight(name, value) {
      const tensor = optionTensor(name, value);
      if (tensor === null) {
        const text = literal(value);
        return text === 'none' ? inexpressible('none') : text;
      }
      if (tensor.rank !== 0 || tensor.dtype !== 'float32') return inexpressible('tensorWeight');
      const [number] = tensor.dataSync<'float32'>();
      if (Number.isNaN(number)) return inexpressible('notFinite');
      declarations.push(`param ${name} = 1`);
      params[name] = number;
      return name;
    },
    text: (objective) => [...settings, ...declarations, ...definitions, `objective = ${objective}`].join('\n'),
    batch,
    params,
    tensors,
  };
}

/** The tensor that an option is, or a list of numbers in the place of one. */
function optionTensor(name: string, value: Json): tf.Tensor | null {
  if (isList(value)) return tf.tensor1d(value.map((entry) => numberOf(entry, name)));
  if (value === null || typeof value !== 'object') return null;
  const decoded = Object.values(decodeOptions({ [name]: value }).values)[0];
  return decoded instanceof tf.Tensor ? decoded : null;
}

function literal(value: Json): string {
  if (value === null) return 'none';
  if (typeof value === 'string') return isNumberText(value) ? inexpressible('notFinite') : inexpressible('string');
  if (typeof value === 'boolean') return String(value);
  return String(value);
}

/** The setting for a reduction; nothing for the default. */
export function reductionSetting(spec: SpecBuilder, value: Json | undefined): void {
  if (typeof value === 'string') spec.setting(`reduction ${reductionOf(value)}`);
}

/** TF-GAN's `_use_aux_loss`: null, 0 and NaN switch a term off. */
export function isOff(value: Json | undefined): boolean {
  return value === undefined || value === null || value === 0 || value === false || value === 'NaN';
}

/** A number that Python takes from True and False. */
export function numeric(value: Json): Json {
  return typeof value === 'boolean' ? Number(value) : value;
}

export function optionsOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return objectOf(value ?? {}, 'options');
}

/** Errors of a specification are errors with a code; what they say is the language's own. */
export function anySpecError(_: string, error: unknown): string | null {
  if (error instanceof Inexpressible) return null;
  return error instanceof SpecError ? null : `throws ${String(error)}, which is no SpecError`;
}
