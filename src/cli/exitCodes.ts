/** What a command's exit status says; scripts rely on it. */
export const EXIT = {
  ok: 0,
  /** The input has errors, or a file could not be read or written. */
  diagnostics: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A bug of ganloss (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  /** Ended by Ctrl-C, after everything was saved (128 + SIGINT). */
  interrupted: 130,
  /** Ended by SIGTERM, after everything was saved (128 + SIGTERM). */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
