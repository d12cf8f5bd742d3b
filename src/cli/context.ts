import pc from 'picocolors';
import type { Colors } from 'picocolors/types';
import { wantsColour, type CliIo } from './io.ts';

/** What every command is given. */
export interface Context {
  readonly io: CliIo;
  /** Colours for standard output, and for standard error. */
  readonly colours: { readonly stdout: Colors; readonly stderr: Colors };
}

export function createContext(io: CliIo): Context {
  return {
    io,
    colours: { stdout: pc.createColors(wantsColour(io, 'stdout')), stderr: pc.createColors(wantsColour(io, 'stderr')) },
  };
}
