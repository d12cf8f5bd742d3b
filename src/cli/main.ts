import { CommanderError } from 'commander';
import { createContext } from './context.ts';
import { EXIT } from './exitCodes.ts';
import type { CliIo } from './io.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './reportFailure.ts';

/**
 * The command line, in this process. Never rejects.
 * @param argv the arguments after the program's name
 * @returns the exit status: 0 ok, 1 diagnostics, 2 usage, 70 a bug, 130 and 143 interrupted
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const context = createContext(io);
  let exitCode: number = EXIT.ok;
  try {
    const program = createProgram(context, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has said what is wrong, or printed the help that was asked for
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(error, context, argv.includes('--json'));
  }
}
