import type { Source } from '../../support/source.ts';
import type { Graph } from '../../ir/graph.ts';
import { emitFunction } from './emitFunction.ts';
import type { Program } from './program.ts';

export interface ProgramInfo {
  readonly source: Source;
  /** Lines at the top of the module. */
  readonly header: readonly string[];
  readonly inputOrder: readonly string[];
  /** Doc comment lines by function. */
  readonly doc: { readonly generator: readonly string[]; readonly discriminator: readonly string[] };
}

/** The graphs of both players → a tfjs program of two functions. */
export function emitProgram(graphs: { readonly generator: Graph; readonly discriminator: Graph }, info: ProgramInfo): Program {
  return {
    header: info.header,
    functions: [
      emitFunction(graphs.discriminator, { ...info, name: 'discriminatorLoss', doc: info.doc.discriminator }),
      emitFunction(graphs.generator, { ...info, name: 'generatorLoss', doc: info.doc.generator }),
    ],
  };
}
