import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createSource, type Source } from '../../support/source.ts';
import type { CheckContext } from '../../dsl/check/check.ts';
import { decodeUtf8, type SpecFile } from './readSpec.ts';

export interface ImportResolver {
  readonly resolveImport: CheckContext['resolveImport'];
  /** The files that were imported so far, absolute: a watcher watches them too. */
  readonly imported: () => readonly string[];
}

/**
 * Finds imports: relative to the file that imports, and inside the project only, that is the nearest folder upwards with a
 * `package.json` or `.git`, or else the specification's own. Symbolic links are followed before they are judged.
 */
export function createImportResolver(spec: SpecFile, cwd: string): ImportResolver {
  const home = realpathSync(spec.path === null ? cwd : dirname(spec.path));
  const root = projectRoot(home);
  // a file is one source however it is reached: the checker knows modules, and cycles, by their source
  const byPath = new Map<string, Source>(spec.path === null ? [] : [[realpathSync(spec.path), spec.source]]);
  const folders = new Map<Source, string>([[spec.source, home]]);
  const imported: string[] = [];

  return {
    imported: () => imported,
    resolveImport(path, from) {
      const folder = folders.get(from) ?? home;
      const wanted = resolve(folder, path);
      // a path that leads outside is refused before the file system is asked, so that nothing tells what is there
      if (isAbsolute(path) || !isInside(wanted, root)) return { error: `it lies outside the project, which begins at '${shownRoot(root, home)}'` };
      const real = realPath(wanted);
      if (real === null) return null;
      if (!isInside(real, root)) return { error: 'it is a link that leads outside the project' };
      const known = byPath.get(real);
      if (known !== undefined) return known;
      const read = readImport(real);
      if (typeof read !== 'string') return read;
      const source = createSource(join(dirname(from.name), path).replaceAll('\\', '/'), read);
      byPath.set(real, source);
      folders.set(source, dirname(real));
      imported.push(real);
      return source;
    },
  };
}

function projectRoot(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json')) || existsSync(join(current, '.git'))) return current;
    if (dirname(current) === current) return folder;
  }
}

/** The root as a path from the specification: diagnostics name no machine's folders. */
function shownRoot(root: string, home: string): string {
  return relative(home, root).replaceAll(sep, '/') || '.';
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function readImport(path: string): string | { readonly error: string } {
  try {
    if (!statSync(path).isFile()) return { error: 'it is not a file' };
    return decodeUtf8(new Uint8Array(readFileSync(path))) ?? { error: 'it is not UTF-8 text' };
  } catch {
    return { error: 'it may not be read' };
  }
}
