import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** Adds one command: its arguments and help are here at once, its work is imported when it runs. */
export type DefineCommand = (program: Command, context: Context, exit: (code: number) => void) => Command;

/** The example at the end of a help. */
export function example(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** For options that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export const JSON_OPTION = ['--json', 'print the result as JSON'] as const;
export const WATCH_OPTION = ['--watch', 'run again whenever a file changes, until Ctrl-C'] as const;
