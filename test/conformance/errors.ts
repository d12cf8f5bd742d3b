import { SpecError } from '../../src/index.ts';
import { camelCase } from './corpus/camelCase.ts';
import { fieldsOf, textOf, type Json } from './corpus/json.ts';

/** The message of an error that was recorded. */
export function recordedError(value: Json): string {
  const fields = fieldsOf(value, 'the error');
  const message = textOf(fields.take('message'), 'the message');
  // Python's class and TensorFlow's phase have no counterpart
  fields.optional('type');
  fields.optional('phase');
  fields.done();
  return message;
}

/** Why an error does not say what TF-GAN's says; null where it does. Words may differ: the names and the values that clash may not. */
export function differentError(expected: string, error: unknown): string | null {
  if (!(error instanceof SpecError)) return `throws ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}, which is no SpecError`;
  const code = error.diagnostics[0]?.code ?? '';
  if (!/^GL\d{4}$/.test(code)) return 'an error without a code';
  const found = normalise(error.message);
  const missing = factsOf(expected).filter((alternatives) => !alternatives.some((fact) => says(found, fact)));
  return missing.length === 0 ? null : `the error '${error.message}' does not say ${missing.map((fact) => fact.join(' or ')).join(', ')} of '${expected}'`;
}

/** What a message says, each in any of several forms. */
type Fact = readonly string[];

/** Names of Python and of TensorFlow's graph are no facts of TF-GAN. */
const NOISE: readonly RegExp[] = [
  / for '\{\{node[\s\S]*$/,
  /Received weights=[\s\S]*$/,
  /Key should be one of[\s\S]*$/,
  /Using a symbolic `tf\.Tensor` as a Python `bool`[\s\S]*$/,
  /\(\w+:\d+\)/g,
  /`Distributions`/g,
];

/** Arguments that TF-GAN's messages call by another name than its signatures. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  infogan_weight: ['infoganWeight', 'mutualInformationPenaltyWeight'],
  distributions: ['distributions', 'predictedDistributions'],
  None: ['null', 'None', 'undefined'],
};

const MODEL = /\b(?:Cycle|Info|AC|Star)?GANModel\b/g;

function factsOf(message: string): readonly Fact[] {
  // an assertion on a Tensor's value: its names are those of TensorFlow's graph, the value is the caller's
  const refused = /Condition x >= y did not hold[\s\S]*?x \(\w+:\d+\) = \]?\s*\[?(-?[\d.]+(?:e-?\d+)?|nan|-inf)/.exec(message);
  if (refused !== null) return [numberFact(refused[1])];
  const text = NOISE.reduce((rest, pattern) => rest.replace(pattern, ' '), message);
  return [
    ...all(text, /`([\w.]+?)\.?`/g).map(nameFact),
    ...all(text, /(?:keyword argument|attribute) '(\w+)'/g).map(nameFact),
    ...all(text, /[{,] ?'(\w+)'(?=[},])/g).map(nameFact),
    ...all(text, /\b([a-z]+(?:_[a-z]+)*_loss)\b/g).map(nameFact),
    ...all(text, MODEL).map((name) => [name]),
    ...shapesOf(text).map((shape) => (shape === '[]' ? ['[]', 'scalar'] : [shape])),
    ...all(text, /Reduction Key (\S+)\./g).map((name) => [name]),
    ...all(text, /(?:was|Found|found|length|noise|_distributions`|and|but are|at dim) (-?\d+(?:\.\d+)?(?:e-?\d+)?|nan|-?inf)\b/g).map(numberFact),
    ...all(text, /\b(int32|None values)\b/g).map((word) => (word === 'int32' ? [word] : SYNONYMS.None)),
  ];
}

function nameFact(name: string): Fact {
  return SYNONYMS[name] ?? [camelCase(name)];
}

function numberFact(number: string): Fact {
  const words: Readonly<Record<string, string>> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' };
  return [words[number] ?? String(Number(number))];
}

/** Shapes in any of TensorFlow's spellings: `(5, 1)`, `(4,)`, `[4 3]`, `[4,5]`. */
function shapesOf(text: string): readonly string[] {
  const shapes = all(text, /(?<![\w`])[([]((?:\d+(?:[, ]+\d+)*)?,?)[)\]]/g);
  return shapes.map((inner) => `[${(inner.match(/\d+/g) ?? []).join()}]`);
}

function normalise(message: string): string {
  return message.replace(/[([]((?:\d+(?:[, ]+\d+)*)?,?)[)\]]/g, (_, inner: string) => `[${(inner.match(/\d+/g) ?? []).join()}]`);
}

function says(message: string, fact: string): boolean {
  // a float32 has more digits in JavaScript
  if (!Number.isNaN(Number(fact))) return all(message, /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g).some((number) => Math.abs(Number(number) - Number(fact)) <= 1e-6 * Math.abs(Number(fact)));
  const escaped = fact.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.-])${escaped}(?![\\w])(?!\\.\\d)`, 'u').test(message);
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]);
}
