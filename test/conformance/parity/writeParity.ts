import { camelCase } from '../corpus/camelCase.ts';
import { listOf, objectOf, type Json } from '../corpus/json.ts';
import { PARITY, type ParityGroup, type ParityParameter, type ParitySymbol } from './symbols.ts';
import { usageOf } from './usage.ts';

/** One file of the corpus. */
export interface CorpusFile {
  readonly family: string;
  readonly cases: readonly Json[];
}

/** The largest error of the cases that exercise a symbol or a parameter, as the table writes it. */
export type ErrorOf = (key: string) => string;

export function corpusFile(document: Json): CorpusFile {
  const file = objectOf(document, 'the file');
  return { family: String(file.family), cases: listOf(file.cases, 'the cases') };
}

/** How many cases exercise each symbol and each parameter. */
export function countUses(files: readonly CorpusFile[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { family, cases } of files) for (const value of cases) for (const key of usageOf(family, value)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Errors as powers of ten that they stay below: digits differ from machine to machine. */
export function printMagnitude(loss: number, gradient: number): string {
  const bound = (error: number) => (error === 0 ? '0' : `< 1e${Math.floor(Math.log10(error)) + 1}`);
  return gradient === 0 ? bound(loss) : `${bound(loss)} (gradients ${bound(gradient)})`;
}

const HEAD = `# Parity with TF-GAN

Made by \`npm run parity\` from a run of the recorded cases on the cpu and wasm backends; do not edit. A row is a symbol or a parameter of TF-GAN 2.1.0, with the number of recorded cases that pass it ([the corpus](../test/conformance/README.md) holds CASES) and the largest relative error among them. The page is written only where every case holds. – in the third column: no recorded case passes it; the tests beside the code in \`src/tfgan\` do.

Names are TF-GAN's in camelCase. Required tensors come first, in TF-GAN's order; everything else is in one options object. Remarks tell of quirks that are kept on purpose, since code that comes from TF-GAN may rest on them.
`;

/** docs/parity.md. */
export function writeParity(files: readonly CorpusFile[], errorOf: ErrorOf): string {
  const counts = countUses(files);
  const cases = files.reduce((sum, file) => sum + file.cases.length, 0);
  const sections = PARITY.map((group) => writeGroup(group, counts, errorOf));
  return [HEAD.replace('CASES', `${cases} cases`), ...sections, NOT_HERE].join('\n');
}

const NOT_HERE = `## Not here

Estimators (\`GANEstimator\`, \`StarGANEstimator\`, TPU estimators), evaluation metrics with their networks (Inception score, Fréchet distances) and the layers of \`features\` (virtual batch normalisation, spectral normalisation, conditioning, self-attention) are not part of \`ganloss/tfgan\`: it is about models, losses and training.
`;

function writeGroup({ title, symbols }: ParityGroup, counts: ReadonlyMap<string, number>, errorOf: ErrorOf): string {
  const rows = symbols.flatMap((symbol) => [symbolRow(symbol, counts, errorOf), ...symbol.parameters.map((parameter) => parameterRow(symbol, parameter, counts, errorOf))]);
  return [`## ${title}`, '', '| TF-GAN | here | cases | largest error | remarks |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}

function symbolRow({ name, remark = '' }: ParitySymbol, counts: ReadonlyMap<string, number>, errorOf: ErrorOf): string {
  return row([`**\`${name}\`**`, `\`${nameHere(name)}\``, countOf(counts, name), counts.has(name) ? errorOf(name) : '–', remark]);
}

function parameterRow({ name: symbol }: ParitySymbol, { name, absent, remark = '' }: ParityParameter, counts: ReadonlyMap<string, number>, errorOf: ErrorOf): string {
  const key = `${symbol}.${name}`;
  const here = absent !== undefined ? '–' : name.startsWith('**') || symbol === 'losses (of a model)' ? 'options' : `\`${camelCase(name)}\``;
  return row([`\`${name}\``, here, countOf(counts, key), counts.has(key) ? errorOf(key) : '–', absent ?? remark]);
}

function nameHere(name: string): string {
  if (name === 'losses (of a model)') return 'losses.…(model, options)';
  if (name === 'tf.compat.v1.train.AdamOptimizer') return 'tfAdam';
  if (name === 'tf.compat.v1.train.GradientDescentOptimizer') return 'tf.train.sgd';
  if (name === 'GANTrainSteps') return 'ganTrainSteps';
  return camelCase(name.replace(/^tf\.compat\.v1\.losses\./, 'losses.').replace(/^features\./, ''));
}

function countOf(counts: ReadonlyMap<string, number>, key: string): string {
  return String(counts.get(key) ?? '–');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
