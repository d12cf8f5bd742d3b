import { LANGUAGE_FAMILIES } from './language/families.ts';
import type { FamilyReport, Through } from './runCorpus.ts';

export interface TableOptions {
  readonly backend: string;
  readonly through: Through;
}

/** A line a family: cases, passed, failed, how many are specifications too, and the largest relative errors. */
export function printTable(reports: readonly FamilyReport[], { backend, through }: TableOptions): readonly string[] {
  const rows = [
    ['family', 'cases', 'passed', 'failed', 'as specifications', 'largest relative error', 'of gradients'],
    ...reports.map(({ family, cases, failed, errors, language }) => [
      family,
      String(cases),
      String(cases - failed),
      String(failed),
      through === 'facade' || !Object.hasOwn(LANGUAGE_FAMILIES, family) ? '–' : String(language.expressed),
      printError(errors.loss),
      printError(errors.gradient),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '));
  return [`on ${backend}, through ${THROUGH[through]}:`, ...lines, ...printNoise(reports), ...printReasons(reports)];
}

const THROUGH: { readonly [T in Through]: string } = { facade: 'ganloss/tfgan', spec: 'specifications', both: 'ganloss/tfgan and through specifications' };

function printNoise(reports: readonly FamilyReport[]): readonly string[] {
  const noisy = reports.reduce((sum, { errors }) => sum + errors.noisy, 0);
  return noisy === 0 ? [] : [`${noisy} ${noisy === 1 ? 'number is' : 'numbers are'} off by more than the tolerance, and by no more than three times what changing the variables in their last bits moves`];
}

function printReasons(reports: readonly FamilyReport[]): readonly string[] {
  const all = new Map<string, number>();
  for (const { language } of reports) for (const [reason, count] of language.reasons) all.set(reason, (all.get(reason) ?? 0) + count);
  if (all.size === 0) return [];
  return ['cases that are no specification:', ...[...all].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${String(count).padStart(5)}  ${reason}`)];
}

export function printFailures({ family, failures }: FamilyReport, limit: number): readonly string[] {
  const lines = failures.slice(0, limit).map(({ id, reasons }) => `${id}: ${reasons.slice(0, limit === Infinity ? undefined : 3).join('; ')}`);
  const left = failures.length - lines.length;
  return left > 0 ? [...lines, `… and ${left} more of ${family} (--verbose lists all)`] : lines;
}

export function totals(reports: readonly FamilyReport[]): { readonly passed: number; readonly failed: number } {
  const failed = reports.reduce((sum, report) => sum + report.failed, 0);
  return { passed: reports.reduce((sum, report) => sum + report.cases, 0) - failed, failed };
}

function printError(error: number): string {
  return error === 0 ? '0' : error.toExponential(1);
}
