/** Everything that a command does with the world beside the file system: tests give their own. */
export interface CliIo {
  /** Results. */
  readonly stdout: Output;
  /** Progress and diagnostics. */
  readonly stderr: Output;
  /** Everything that comes from standard input. */
  readonly stdin: () => Promise<Uint8Array>;
  /** What relative paths are relative to; absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Calls a handler at each Ctrl-C and each SIGTERM, until the undo that it returns is called; then they end the process as usual. */
  readonly onInterrupt: (handler: (interrupt: Interrupt) => void) => () => void;
}

/** How the user (Ctrl-C) or the system (SIGTERM: `kill`, a machine that shuts down) asks a process to end. */
export type Interrupt = 'Ctrl-C' | 'SIGTERM';

export interface Output {
  readonly write: (text: string) => void;
  /** What is behind it, where that is a stream: a progress bar moves the cursor of a terminal. */
  readonly stream?: NodeJS.WriteStream;
}

/** Whether to colour what goes to a stream (https://no-color.org): on terminals, unless NO_COLOR is set to something. */
export function wantsColour(io: CliIo, stream: keyof CliIo['isTTY']): boolean {
  if ((io.env.NO_COLOR ?? '') !== '') return false;
  if ((io.env.FORCE_COLOR ?? '') !== '') return io.env.FORCE_COLOR !== '0';
  return io.isTTY[stream] && io.env.TERM !== 'dumb';
}
