import type { Colors } from 'picocolors/types';
import type { Formula } from '../../formula.ts';
import type { ObjectiveReport, TermRow } from './objectiveReport.ts';

/** The report as people read it. */
export function printObjectiveReport(report: ObjectiveReport, c: Colors): string {
  const blocks = [
    [`${c.bold(report.file)}   model ${report.model}${report.settings.map((setting) => `, ${setting}`).join('')}`, c.dim(`  ${report.objective}`)],
    [...formula('L_D', report.losses.discriminator, c), ...formula('L_G', report.losses.generator, c)],
    table(report.terms, c),
    [
      ...facts('params', report.params.map((param) => withDoc(`${param.name} = ${param.default}`, param.doc))),
      ...facts('inputs', report.inputs.map((input) => withDoc(input.name, input.doc))),
      ...facts('hooks', report.hooks),
      ...facts('state', report.state),
      ...facts('removed', report.removed),
      ...facts('merged', report.merged),
      ...facts('kept', report.kept),
      ...facts('simplified', atMost(MOST_SIMPLIFIED, report.simplified)),
      ...facts('warnings', report.warnings),
      ...facts('needs', report.needs),
    ],
  ];
  return `${blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function formula(symbol: string, { loss, definitions }: Formula, c: Colors): readonly string[] {
  return [`  ${c.bold(symbol)} = ${loss}`, ...definitions.map((definition) => `        ${definition}`)];
}

const LABEL_WIDTH = 11;

/** A label before the first line, the others below it. */
function facts(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)} ${line}`);
}

/** More would bury the rest; the optimised graph shows everything. */
const MOST_SIMPLIFIED = 8;

function atMost(most: number, lines: readonly string[]): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more; "ganloss compile --emit optimized" shows the result`];
}

function withDoc(text: string, doc: string): string {
  return doc === '' ? text : `${text}   ${doc}`;
}

function table(rows: readonly TermRow[], c: Colors): readonly string[] {
  if (rows.length === 0) return [];
  const termWidth = Math.max(LABEL_WIDTH, ...rows.map((row) => row.term.length));
  const weightWidth = Math.max('weight'.length, ...rows.map((row) => row.weight.length));
  const line = (term: string, d: string, g: string, weight: string, source: string): string =>
    `  ${term.padEnd(termWidth)}   ${d}   ${g}   ${weight.padStart(weightWidth)}   ${source}`;
  const mark = (has: boolean): string => (has ? '●' : '–');
  return [c.dim(line('term', 'D', 'G', 'weight', 'source')), ...rows.map((row) => line(row.term, mark(row.discriminator), mark(row.generator), row.weight, row.source))];
}
