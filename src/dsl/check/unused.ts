import { nameSpanOf, nounOf, type Module } from './module.ts';
import type { Reporter } from './reporter.ts';

/** GL4002: what the root file defines or imports and nothing refers to. */
export function warnOfUnused(root: Module, reporter: Reporter): void {
  for (const [name, definition] of root.definitions) {
    if (root.used.has(name) || definition.kind === 'broken') continue;
    const imported = definition.module !== root;
    const noun = imported ? 'import' : nounOf(definition);
    const span = imported ? importSpan(root, name) : nameSpanOf(definition);
    reporter.report({ code: 'GL4002', span, message: `the ${noun} '${name}' is never used`, label: 'unused' }, null);
  }
}

function importSpan(root: Module, name: string) {
  for (const item of root.file.items) {
    const found = item.kind === 'import' ? item.names.find((other) => other.name === name) : undefined;
    if (found !== undefined) return found.span;
  }
  return root.file.span;
}
