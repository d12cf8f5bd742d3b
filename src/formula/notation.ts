import type { DrawFunction } from '../dsl/typed.ts';

/** How formulas are written: as plain text for a terminal, or as LaTeX. */
export interface Notation {
  readonly name: (identifier: string) => string;
  readonly number: (value: number) => string;
  readonly expectation: (body: string, weights: string | null) => string;
  readonly sum: (body: string) => string;
  readonly squaredNorm: (body: string) => string;
  readonly gradient: (of: string, by: string, simple: boolean) => string;
  readonly sqrt: (body: string) => string;
  readonly power: (base: string, exponent: string) => string;
  readonly call: (fn: string, args: readonly string[]) => string;
  readonly group: (body: string) => string;
  readonly times: string;
  readonly minus: string;
  readonly over: string;
  readonly distributed: string;
  /** Between a state and its next value. */
  readonly becomes: string;
  /** What a draw is distributed as. */
  readonly draw: { readonly [F in DrawFunction]: string };
  /** Behind a term that is not computed in every step. */
  readonly everySteps: (interval: number) => string;
  readonly compare: Readonly<Record<'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', string>>;
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = { '2': '²', '3': '³', '4': '⁴' };

const plainNumber = (value: number) => String(value).replace('-', '−');

const TEXT: Notation = {
  name: (identifier) => identifier,
  number: plainNumber,
  expectation: (body, weights) => (weights === null ? `E[${body}]` : `E[${body}; weights ${weights}]`),
  sum: (body) => `Σ[${body}]`,
  squaredNorm: (body) => `‖${body}‖²`,
  gradient: (of, by, simple) => (simple ? `∇${of}` : `∂(${of})/∂${by}`),
  sqrt: (body) => `√(${body})`,
  power: (base, exponent) => (SUPERSCRIPTS[exponent] === undefined ? `${base}^${exponent}` : `${base}${SUPERSCRIPTS[exponent]}`),
  call: (fn, args) => `${fn}(${args.join(', ')})`,
  group: (body) => `(${body})`,
  times: '·',
  minus: '−',
  over: '/',
  distributed: ' ~ ',
  becomes: ' ← ',
  draw: { uniform_per_sample: 'U[0, 1) per sample', uniform_like: 'U[0, 1) per element', normal_like: 'N(0, 1)' },
  everySteps: (interval) => `, every ${interval} steps`,
  compare: { eq: '=', ne: '≠', lt: '<', le: '≤', gt: '>', ge: '≥' },
};

const texName = (identifier: string) => (identifier.length === 1 || identifier.startsWith('\\') ? identifier : `\\mathrm{${identifier.replace(/_/g, '\\_')}}`);

const LATEX: Notation = {
  name: (identifier) => ({ 'α': '\\alpha', 'β': '\\beta' })[identifier] ?? texName(identifier),
  number: (value) => String(value).replace(/e([+-]?)0*(\d+)$/, (_, sign: string, digits: string) => ` \\cdot 10^{${sign === '-' ? '-' : ''}${digits}}`),
  expectation: (body, weights) => (weights === null ? `\\mathbb{E}\\left[${body}\\right]` : `\\mathbb{E}_{${weights}}\\left[${body}\\right]`),
  sum: (body) => `\\sum\\left[${body}\\right]`,
  squaredNorm: (body) => `\\left\\lVert ${body} \\right\\rVert^2`,
  gradient: (of, by, simple) => (simple ? `\\nabla ${of}` : `\\nabla_{${by}}\\left(${of}\\right)`),
  sqrt: (body) => `\\sqrt{${body}}`,
  power: (base, exponent) => `${base}^{${exponent}}`,
  call: (fn, args) => `${texName(fn)}\\left(${args.join(', ')}\\right)`,
  group: (body) => `\\left(${body}\\right)`,
  times: ' \\cdot ',
  minus: '-',
  over: ' / ',
  distributed: ' \\sim ',
  becomes: ' \\leftarrow ',
  draw: { uniform_per_sample: 'U[0, 1)', uniform_like: 'U[0, 1)^d', normal_like: '\\mathcal{N}(0, 1)' },
  everySteps: (interval) => `\\quad \\text{every ${interval} steps}`,
  compare: { eq: '=', ne: '\\neq', lt: '<', le: '\\leq', gt: '>', ge: '\\geq' },
};

export type NotationName = 'text' | 'latex';
export const NOTATIONS: { readonly [N in NotationName]: Notation } = { text: TEXT, latex: LATEX };
