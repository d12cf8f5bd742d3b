import { compile } from '../../compile.ts';
import type { Objective } from '../../objective.ts';
import { createImportResolver } from '../files/importResolver.ts';
import type { SpecFile } from '../files/readSpec.ts';
import type { Context } from '../context.ts';

export interface CompiledSpec {
  readonly objective: Objective;
  /** Files that it imports, absolute. */
  readonly imported: readonly string[];
}

/** Compiles a specification that was read. Throws SpecError. */
export function compileSpec(spec: SpecFile, { io }: Context, without: readonly string[] = []): CompiledSpec {
  const resolver = createImportResolver(spec, io.cwd);
  const objective = compile(spec.source, { resolveImport: resolver.resolveImport, without });
  return { objective, imported: resolver.imported() };
}
