import { check, type Checked } from '../dsl/check/check.ts';
import { loadPrelude } from '../terms/prelude.ts';
import { createImportResolver } from './files/importResolver.ts';
import type { SpecFile } from './files/readSpec.ts';
import type { Context } from './context.ts';

export interface CheckedSpec extends Checked {
  /** Files that it imports, absolute. */
  readonly imported: readonly string[];
}

/** Checks a specification that was read. It loads no tensor library: that would cost most of a second. */
export function checkSpec(spec: SpecFile, { io }: Context): CheckedSpec {
  const resolver = createImportResolver(spec, io.cwd);
  const checked = check(spec.source, { prelude: loadPrelude(), resolveImport: resolver.resolveImport });
  return { ...checked, imported: resolver.imported() };
}
