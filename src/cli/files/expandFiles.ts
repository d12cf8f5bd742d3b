import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SpecError } from '../../support/diagnostic.ts';
import type { CliIo } from '../io.ts';

/**
 * The files that arguments stand for: a directory for every `*.ganloss` below it, in the order of their names by code unit (the same
 * everywhere), without `node_modules` and what begins with a dot. A file named twice comes once. Missing files stay: reading them
 * says so.
 *
 * @throws SpecError GL7001 for a directory without such a file
 */
export function expandFiles(names: readonly string[], io: CliIo): readonly string[] {
  const files = names.flatMap((name) => {
    if (name === '-' || !isDirectory(resolve(io.cwd, name))) return [name];
    const found = specsBelow(resolve(io.cwd, name), name);
    if (found.length > 0) return found;
    const message = `there is no .ganloss file in '${name}'`;
    throw new SpecError(message, [{ code: 'GL7001', severity: 'error', message, span: null }]);
  });
  const seen = new Set<string>();
  return files.filter((name) => {
    const key = name === '-' ? name : resolve(io.cwd, name);
    return !seen.has(key) && seen.add(key);
  });
}

function specsBelow(folder: string, shown: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    if (entry.isDirectory()) return specsBelow(join(folder, entry.name), join(shown, entry.name));
    return entry.name.endsWith('.ganloss') ? [join(shown, entry.name)] : [];
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
