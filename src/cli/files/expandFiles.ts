import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CliIo } from '../io.ts';

/**
 * The files that arguments stand for: a directory for every `*.ganloss` below it, in the order of their names by code unit (the same
 * everywhere), without `node_modules` and what begins with a dot. A file named twice comes once. Missing files, and directories
 * without such a file, stay: reading them says so.
 */
export function expandFiles(names: readonly string[], io: CliIo): readonly string[] {
  const files = names.flatMap((name) => {
    if (name === '-' || !isDirectory(resolve(io.cwd, name))) return [name];
    const found = specsBelow(resolve(io.cwd, name), name);
    return found.length > 0 ? found : [name];
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
