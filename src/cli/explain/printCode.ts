import type { Colors } from 'picocolors/types';
import { check } from '../../dsl/check/check.ts';
import { CODES, type Code } from '../../support/codes.ts';
import { renderDiagnostics } from '../../support/render.ts';
import { createSource } from '../../support/source.ts';
import { loadPrelude } from '../../terms/prelude.ts';
import { CODE_EXAMPLES, type CodeExplanation, type SpecCode } from './codeExamples.ts';
import { RUN_CODES } from './runCodes.ts';

/** What `ganloss explain CODE` says, as data. */
export interface CodeReport {
  readonly code: Code;
  readonly severity: string;
  readonly meaning: string;
  readonly why: string;
  readonly mend: string;
  readonly example?: string;
  readonly mended?: string;
}

export function codeReport(code: Code): CodeReport {
  const { severity, meaning } = CODES[code];
  return { code, severity, meaning, ...(isSpecCode(code) ? CODE_EXAMPLES[code] : RUN_CODES[code]) };
}

function isSpecCode(code: Code): code is SpecCode {
  return Object.hasOwn(CODE_EXAMPLES, code);
}

/** The report as people read it, with the message that the example causes. */
export function printCode(report: CodeReport, c: Colors, colour: boolean): string {
  const blocks = [
    `${c.bold(`${report.severity}[${report.code}]`)}: ${report.meaning}`,
    wrap(report.why),
    wrap(report.mend),
    ...(report.example === undefined ? [] : [...exampleBlocks(report.example, c, colour)]),
    ...(report.mended === undefined ? [] : [`${c.dim('Put right:')}\n\n${indent(report.mended)}`]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function exampleBlocks(example: CodeExplanation['example'], c: Colors, colour: boolean): readonly string[] {
  const { diagnostics } = check(createSource('example.ganloss', example), { prelude: loadPrelude(), resolveImport: () => null });
  const shown = example.length > LONG ? `${example.slice(0, LONG / 2)}…\n` : example;
  // a frame would show all of the line that the ellipsis spares
  const frame = example.length > LONG ? [] : [indent(renderDiagnostics(diagnostics, { color: colour }).trimEnd())];
  return [`${c.dim('For example:')}\n\n${indent(shown)}`, ...frame];
}

const LONG = 400;

function indent(text: string): string {
  return text.trimEnd().split('\n').map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}

const WIDTH = 100;

/** Lines of at most a hundred characters, broken between words. */
export function wrap(text: string, width = WIDTH): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}

