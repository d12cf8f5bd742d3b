import { FUNCTIONS } from '../../src/dsl/check/functions/functions.ts';
import type { FunctionSpec } from '../../src/dsl/check/functions/spec.ts';
import { CODES } from '../../src/support/codes.ts';
import { termRegistry } from '../../src/terms/registry.ts';

const GENERATED = 'Generated from the code (`npm run goldens` writes it, `npm test` compares it); do not edit.';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** docs/terms.md */
export function termsPage(): string {
  const terms = termRegistry();
  const mark = (has: boolean) => (has ? '●' : '–');
  const overview = table(
    ['term', 'D', 'G', 'models', 'weight', 'TF-GAN'],
    terms.map(({ name, players, models, modifier, doc }) => [
      `[\`${name}\`](#${name})`,
      mark(players.includes('discriminator')),
      mark(players.includes('generator')),
      models.join(' '),
      { auxiliary: '≥ 0; 0 removes it', nonnegative: '≥ 0; 0 is kept', any: 'any' }[modifier ?? 'any'],
      doc.tfgan === null ? '' : `\`${doc.tfgan}\``,
    ]),
  );
  const sections = terms.map(({ name, formals, doc, source }) =>
    [
      `## ${name}`,
      doc.summary,
      ...(doc.formula === null ? [] : [`    ${doc.formula}`]),
      ...(formals.length === 0 ? ['It takes no arguments.'] : [table(['argument', 'default'], formals.map((formal) => [`\`${formal.name}\``, formal.default === null ? 'required' : `\`${formal.default}\``]))]),
      ...(doc.paper === null ? [] : [`Source: ${doc.paper}`]),
      `\`\`\`\n${source.text.trim()}\n\`\`\``,
    ].join('\n\n'),
  );
  return ['# Terms of the prelude', GENERATED, 'Every term is written in the language itself; its text stands below it.', overview, ...sections, ''].join('\n\n');
}

/** docs/functions.md */
export function functionsPage(): string {
  const rows = (Object.entries(FUNCTIONS) as readonly (readonly [string, FunctionSpec])[])
    .map(([name, { formals, variadic, summary }]) => {
      const list = formals.map((formal, index) => `${formal.name}${formal.required ? '' : '?'}${variadic === true && index === formals.length - 1 ? ', …' : ''}`);
      return [`\`${name}(${list.join(', ')})\``, summary];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return ['# Functions of term bodies', GENERATED, 'An argument with `?` may be left out; optional ones are usually given by name.', table(['function', 'value'], rows), ''].join('\n\n');
}

/** docs/codes.md */
export function codesPage(): string {
  const rows = Object.entries(CODES).map(([code, { severity, meaning }]) => [`\`${code}\``, severity, meaning]);
  return ['# Diagnostics', GENERATED, '`ganloss explain CODE` shows a specification that causes it, and how to mend it.', table(['code', 'severity', 'meaning'], rows), ''].join('\n\n');
}
