import type { Colors } from 'picocolors/types';
import type { TermSpec } from '../../terms/registry.ts';
import { wrap } from './printCode.ts';

const MODIFIERS = {
  auxiliary: 'auxiliary: a literal weight of 0 removes it, a negative one is an error',
  nonnegative: 'kept at weight 0, as TF-GAN keeps it; a negative weight is an error',
} as const;

/** What `ganloss explain TERM` prints. */
export function printTerm(term: TermSpec, c: Colors): string {
  const { doc, formals } = term;
  const call = `${term.name}(${formals.map((formal) => (formal.default === null ? formal.name : `${formal.name} = ${formal.default}`)).join(', ')})`;
  const fact = (label: string, text: string | null): readonly string[] => (text === null ? [] : wrap(text, 86).split('\n').map((line, index) => `  ${(index === 0 ? label : '').padEnd(9)} ${line}`));
  const facts = [
    ...fact('formula', doc.formula),
    ...fact('players', term.players.join(', ')),
    ...fact('models', term.models.join(', ')),
    ...fact('weight', term.modifier === null ? null : MODIFIERS[term.modifier]),
    ...fact('paper', doc.paper),
    ...fact('TF-GAN', doc.tfgan),
  ];
  const body = term.source.text.trimEnd().split('\n').filter((line) => !line.startsWith('///'));
  return `${[`${c.bold(call)}`, wrap(doc.summary), facts.join('\n'), [c.dim(`${term.source.name}:`), ...body.map((line) => (line === '' ? '' : `  ${line}`))].join('\n')].join('\n\n')}\n`;
}
