import { Writable } from 'node:stream';
import type { Output } from './io.ts';

/** The stream behind an output, or one that writes to it, for libraries that want a stream. */
export function streamOf(output: Output): NodeJS.WritableStream & { readonly isTTY?: boolean } {
  if (output.stream !== undefined) return output.stream;
  return new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      output.write(String(chunk));
      done();
    },
  });
}
