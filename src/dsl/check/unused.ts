import type { Span } from '../../support/source.ts';
import type { Ident, TermItem } from '../ast.ts';
import { nameSpanOf, nounOf, type Module } from './module.ts';
import { namesIn } from './subexpressions.ts';
import type { Reporter } from './reporter.ts';

/** GL4002: what the root file defines or imports, and what its terms define, where nothing refers to it. */
export function warnOfUnused(root: Module, reporter: Reporter): void {
  const warn = (noun: string, name: string, span: Span) =>
    reporter.report({ code: 'GL4002', span, message: `the ${noun} '${name}' is never used`, label: 'unused' }, null);
  for (const [name, definition] of root.definitions) {
    if (definition.kind === 'broken') continue;
    if (definition.kind === 'term' && definition.module === root) {
      for (const { noun, name } of unusedMembers(definition.item)) warn(noun, name.name, name.span);
      for (const name of constantStates(definition.item)) reporter.report({ code: 'GL4002', span: name.span, message: `the state '${name.name}' is never updated: it stays what it is at first`, label: 'no update', hint: `Write 'update ${name.name} = …', or make it a let.` }, null);
    }
    if (root.used.has(name)) continue;
    const imported = definition.module !== root;
    warn(imported ? 'import' : nounOf(definition), name, imported ? importSpan(root, name) : nameSpanOf(definition));
  }
}

/** Lets and states of a body that nothing reads but themselves and their own updates. */
function unusedMembers({ body }: TermItem): readonly { readonly noun: 'let' | 'state'; readonly name: Ident }[] {
  if (body.kind !== 'tensors') return [];
  return body.members.flatMap((item) => {
    if (item.kind !== 'let' && item.kind !== 'state') return [];
    const others = body.members.filter((member) => member !== item && !(member.kind === 'update' && member.name.name === item.name.name));
    return namesIn(others.map((member) => member.value)).has(item.name.name) ? [] : [{ noun: item.kind, name: item.name }];
  });
}

function constantStates({ body }: TermItem): readonly Ident[] {
  if (body.kind !== 'tensors') return [];
  const { members } = body;
  const isUpdated = (name: string) => members.some((member) => member.kind === 'update' && member.name.name === name);
  return members.flatMap((member) => (member.kind === 'state' && !isUpdated(member.name.name) ? [member.name] : []));
}

function importSpan(root: Module, name: string): Span {
  const names = root.file.items.flatMap((item) => (item.kind === 'import' ? item.names : []));
  return names.find((other) => other.name === name)?.span ?? root.file.span;
}
