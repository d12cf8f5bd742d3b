import type { Span } from '../../support/source.ts';
import type { TermItem } from '../ast.ts';
import { nameSpanOf, nounOf, type Module } from './module.ts';
import { namesIn } from './subexpressions.ts';
import type { Reporter } from './reporter.ts';

/** GL4002: what the root file defines or imports, and what its terms define, where nothing refers to it. */
export function warnOfUnused(root: Module, reporter: Reporter): void {
  const warn = (noun: string, name: string, span: Span) =>
    reporter.report({ code: 'GL4002', span, message: `the ${noun} '${name}' is never used`, label: 'unused' }, null);
  for (const [name, definition] of root.definitions) {
    if (definition.kind === 'broken') continue;
    if (definition.kind === 'term' && definition.module === root) for (const item of unusedLets(definition.item)) warn('let', item.name, item.span);
    if (root.used.has(name)) continue;
    const imported = definition.module !== root;
    warn(imported ? 'import' : nounOf(definition), name, imported ? importSpan(root, name) : nameSpanOf(definition));
  }
}

function unusedLets({ body }: TermItem) {
  if (body.kind !== 'tensors') return [];
  const lets = body.members.filter((member) => member.kind === 'let');
  return lets.filter((item) => !namesIn(body.members.filter((member) => member !== item).map((member) => member.value)).has(item.name.name)).map((item) => item.name);
}

function importSpan(root: Module, name: string): Span {
  const names = root.file.items.flatMap((item) => (item.kind === 'import' ? item.names : []));
  return names.find((other) => other.name === name)?.span ?? root.file.span;
}
