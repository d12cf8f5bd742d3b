import { table } from '../docs/tables.ts';
import { NO_DECISIONS } from './noDecisions.ts';
import type { Rule, Stage } from './proof.ts';
import { STAGES } from './inventory.ts';
import { PROOFS } from './proofs.ts';

/** Rules with the same promise and proofs as one line. */
function lines({ rules }: Stage): readonly (readonly string[])[] {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = [rule.guarantee, rule.reserve, ...rule.proofs].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return [...groups.values()].map((group) => [group.map(({ rule }) => rule).join('; '), `${group[0].guarantee}${group[0].reserve === undefined ? '' : ` (${group[0].reserve})`}`, group[0].proofs.map((name) => `[${name}](#proofs)`).join(' ')]);
}

/** docs/rules.md */
export function rulesPage(): string {
  const count = STAGES.reduce((sum, { rules }) => sum + rules.length, 0);
  return [
    '# Rules and their proofs',
    'Generated from the code (`npm run goldens` writes it, `npm test` compares it); do not edit.',
    `Every decision of the compiler that replaces something by something else: ${count} rules in ${STAGES.length} stages, in the order in which they come. Names are those of the code’s own tables. A rule without a proof, and a source file of these stages that is not listed, fails \`npm test\` (\`test/proofs\`).`,
    [
      'What a rule promises:',
      '',
      '- **same bits**: not a bit of any value differs; NaN is NaN.',
      '- **fast: may round, keeps finiteness**: only under `math fast`; where everything on the way was finite it stays so, and is the same number in mathematics.',
      '- **may round**: the same number in mathematics, rounded at other places, under `math strict`, too.',
      '- **within N ulp**: so many units of float32’s last place from the exact result.',
      '- **derivative**: the true one, to any order; at kinks TensorFlow’s.',
    ].join('\n'),
    ...STAGES.flatMap((stage) => [`## ${stage.stage}`, table(['rules', 'promise', 'proofs'], lines(stage))]),
    '## Proofs',
    table(['proof', 'test', 'tried on'], Object.entries(PROOFS).map(([name, { test, how }]) => [name, `\`${test}\``, how])),
    '## No decisions',
    `Sources of these stages that replace nothing: ${Object.entries(NO_DECISIONS).map(([file, what]) => `\`${file}\` (${what})`).join(', ')}.`,
    '',
  ].join('\n\n');
}
