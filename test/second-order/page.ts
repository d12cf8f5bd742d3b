import type { CaseGroup, SecondOrderCase } from './secondOrderCase.ts';

/** The ways in which a gradient penalty is computed: the table's columns, in their order. */
export const WAYS = ['stock cpu', 'stock wasm', 'tape cpu', 'tape wasm', 'captured wasm', 'captured js'] as const;

export type Way = (typeof WAYS)[number];

/** What came of one way: the largest relative error, or the message of what it threw. */
export type Outcome = { readonly kind: 'error'; readonly error: number } | { readonly kind: 'throws'; readonly message: string };

export type Outcomes = Readonly<Record<Way, Outcome>>;

/** Up to this error a result counts as right. */
export const RIGHT = 1e-4;

/** The worse of two outcomes. */
export function worse(a: Outcome, b: Outcome): Outcome {
  if (a.kind === 'throws') return a;
  return b.kind === 'throws' || b.error > a.error ? b : a;
}

const BOUNDS = [1e-6, 1e-5, RIGHT];

/** The largest error of ganloss's own ways, NaN where all of them throw. */
export function ownError(outcomes: Outcomes): number {
  const errors = WAYS.slice(2).map((way) => outcomes[way]).flatMap((outcome) => (outcome.kind === 'error' ? [outcome.error] : []));
  return Math.max(...errors);
}

/** A power of ten above the error, or the one that the page has, as long as it holds: so that another JavaScript engine's rounding does not change the page. */
function errorCell(error: number, before: string | undefined): string {
  const documented = before === undefined ? 0 : Number(before.replace('< ', ''));
  if (error < documented) return `< ${documented.toExponential()}`;
  const bound = BOUNDS.find((level) => error < level);
  return bound === undefined ? error.toExponential(0) : `< ${bound.toExponential()}`;
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/gradient function not found for (\w+)/, 'no gradient of $1'],
  [/Kernel '(\w+)' not registered/, 'no kernel $1'],
  [/gradient for op (\w+)\. The gradient of input '\w+' has shape/, 'gradient of $1 has the wrong shape'],
  [/dilation rates greater than 1/, 'no gradient of dilations'],
  [/^Size\(/, 'gradient of the wrong size'],
  [/undefined \(reading 'backend'\)/, 'a disposed tensor'],
];

function cell(outcome: Outcome): string {
  if (outcome.kind === 'throws') {
    for (const [pattern, reason] of REASONS) {
      const match = pattern.exec(outcome.message);
      if (match !== null) return `throws: ${reason.replace('$1', match[1] ?? '')}`;
    }
    return `throws: ${outcome.message.split('\n')[0]!.slice(0, 60)}`;
  }
  return outcome.error < RIGHT ? 'right' : `**off by ${Number((100 * outcome.error).toPrecision(2))} %**`;
}

function row(line: readonly string[]): string {
  return `| ${line.map((text) => text.replace(/\|/g, '\\|')).join(' | ')} |`;
}

/** The last cell of the row of that name. */
function documentedError(page: string, name: string): string | undefined {
  return page.split('\n').find((line) => line.startsWith(`| ${name} |`))?.split(' | ').at(-1)?.replace(/ \|$/, '');
}

const INTRODUCTION = [
  '# Second order',
  'Generated from the tests of `test/second-order` (`npm run goldens` writes it, `npm test` compares it); do not edit.',
  `Each row is a layer or an op as a discriminator under the gradient penalty of WGAN-GP, mean((‖∂D/∂x‖ − 1)²), with D(x) = Σ w·(y + y²/2) over its outputs y. Compared are D, the penalty, and the penalty's gradient by the input and by every weight (an op without weights gets one for each element of its input), element by element, with central differences in float64 that use no rule of differentiation: the reference evaluation of D's graph, differenced twice. Batches of 3 and of 1 unless the row says otherwise; sizes are odd, and differ from axis to axis, where the op lets them.`,
  `"Stock" is tfjs 4.22.0 as it is; "tape" is tfjs with \`installGradients()\`; "captured" is ganloss's compiled step as WebAssembly and as JavaScript. A number that is "right" differs by less than ${RIGHT.toExponential()} of the largest of its tensor (or of a thousandth of the largest of all, where the whole tensor is smaller than that); the last column bounds the largest difference of ganloss's four ways. "Off by" is the largest difference of a number that was returned without a word.`,
  'No element lies within the step of the differences (1e-3) of a kink or a tie: the test fails where one does. What happens exactly there is in the last table.',
];

/** docs/second-order.md. `before` is the page as it stands. */
export function secondOrderPage(groups: readonly CaseGroup[], outcomesOf: (row: SecondOrderCase) => Outcomes, kinks: string, before: string): string {
  const all = groups.flatMap(({ cases }) => cases);
  const count = (way: Way, wanted: (outcome: Outcome) => boolean) => all.filter((entry) => wanted(outcomesOf(entry)[way])).length;
  const summary = [
    row(['', ...WAYS]),
    row(['---', ...WAYS.map(() => '---')]),
    row(['right', ...WAYS.map((way) => String(count(way, (outcome) => outcome.kind === 'error' && outcome.error < RIGHT)))]),
    row(['silently wrong', ...WAYS.map((way) => String(count(way, (outcome) => outcome.kind === 'error' && !(outcome.error < RIGHT))))]),
    row(['throws', ...WAYS.map((way) => String(count(way, (outcome) => outcome.kind === 'throws')))]),
  ].join('\n');
  const sections = groups.flatMap(({ title, cases }) => {
    const rows = cases.map((entry) => {
      const outcomes = outcomesOf(entry);
      const stars = entry.note === null ? '' : ' ¹';
      const name = `${entry.name}${stars}`;
      return row([name, ...WAYS.map((way) => cell(outcomes[way])), errorCell(ownError(outcomes), documentedError(before, name))]);
    });
    const notes = cases.flatMap(({ name, note }) => (note === null ? [] : [`¹ ${name}: ${note}.`]));
    return [`## ${title}`, [row(['layer or op', ...WAYS, 'error']), row(['---', ...WAYS.map(() => '---'), '---']), ...rows].join('\n'), ...notes];
  });
  return [...INTRODUCTION, summary, ...sections, kinks, ''].join('\n\n');
}
