import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliIo, Interrupt } from '../io.ts';
import { main } from '../main.ts';

export interface CliResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSettings {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: CliIo['env'];
  readonly tty?: boolean;
  /** Is given the function that presses Ctrl-C, whenever there is a handler for it. */
  readonly onHandler?: (press: (interrupt?: Interrupt) => void) => void;
  /** Sees everything that is written, as it is written. */
  readonly onWrite?: (text: string) => void;
}

/** Runs the command line in this process and returns all that it wrote. */
export async function runCli(argv: readonly string[], { cwd, stdin = '', env = {}, tty = false, onHandler, onWrite }: CliSettings): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const to = (stream: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[stream] += text;
      onWrite?.(text);
    },
  });
  let handlers: readonly ((interrupt: Interrupt) => void)[] = [];
  const io: CliIo = {
    stdout: to('stdout'),
    stderr: to('stderr'),
    stdin: async () => (typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin),
    cwd,
    env,
    isTTY: { stdout: tty, stderr: tty },
    onInterrupt(handler) {
      handlers = [...handlers, handler];
      onHandler?.((interrupt = 'Ctrl-C') => handlers.forEach((one) => one(interrupt)));
      return () => {
        handlers = handlers.filter((one) => one !== handler);
      };
    },
  };
  const exit = await main(argv, io);
  return { exit, ...written };
}

/** A new folder for one test. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'ganloss-cli-')));
}
