import { createImportResolver } from '../cli/files/importResolver.ts';
import { readSpecFile } from '../cli/files/readSpec.ts';
import { compile, type CompileOptions } from '../compile.ts';
import type { Objective } from '../objective.ts';

/**
 * Compiles a specification from its file. Imports are found beside the file that imports, inside the project only: the nearest
 * folder upwards with a `package.json` or `.git`.
 *
 * @param path from the current directory; diagnostics and generated code call the file so
 * @throws SpecError with `.diagnostics`: GL7001 or GL7008 for the file, everything that `compile` finds in it
 */
export function readSpec(path: string, options: Pick<CompileOptions, 'without'> = {}): Objective {
  const spec = readSpecFile(path, process.cwd());
  return compile(spec.source, { ...options, resolveImport: createImportResolver(spec, process.cwd()).resolveImport });
}
