import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, VERSION } from '../../src/index.ts';
import { stepJourney } from './stepJourney.ts';
import { codesPage, functionsPage, termsPage } from './tables.ts';

const root = new URL('../../', import.meta.url);

describe('docs', () => {
  it.each([
    ['terms', termsPage],
    ['functions', functionsPage],
    ['codes', codesPage],
  ])('%s.md tells what the code says', async (name, page) => {
    await expect(page()).toMatchFileSnapshot(new URL(`docs/${name}.md`, root).pathname);
  });

  it('journey.md follows one specification through all stages', async () => {
    const text = readFileSync(new URL('examples/wgan-gp.ganloss', root), 'utf8');
    const objective = compile(text, { file: 'wgan-gp.ganloss' });
    const stage = (title: string, words: string, kind: Parameters<typeof objective.emit>[0], language: string) =>
      [`## ${title}`, words, `\`\`\`${language}\n${objective.emit(kind).trimEnd()}\n\`\`\``].join('\n\n');
    const page = [
      '# One specification through all stages',
      'Generated from `examples/wgan-gp.ganloss` (`npm run goldens` writes it, `npm test` compares it); do not edit. The stages are those of [architecture.md](architecture.md).',
      `\`\`\`\n${text.trimEnd()}\n\`\`\``,
      stage('Syntax tree', '`src/dsl/parse.ts`: what is written, and where.', 'ast', ''),
      stage('Typed objective', '`src/dsl/check`: names are resolved, `gp` is its definition in the prelude with its arguments, weights are collected.', 'objective', ''),
      stage('Graph', '`src/lower`: a graph for each player. The generator’s has no D(real) and no penalty.', 'ir', ''),
      stage('Optimised graph', '`src/passes`: what the passes leave.', 'optimized', ''),
      `## Remarks\n\nWhat they did, and why:\n\n${objective.remarks.map(({ pass, rule, what, why }) => `- ${pass}, ${rule}: \`${what}\` (${why})`).join('\n')}`,
      stage('Steps', '`src/codegen/tfjs`: the calls, in the order in which they run.', 'schedule', ''),
      stage('tfjs module', 'The same steps as source text.', 'tfjs', 'js'),
      stepJourney(),
      '',
    ].join('\n\n');
    await expect(page).toMatchFileSnapshot(new URL('docs/journey.md', root).pathname);
  });

  it('VERSION is that of package.json', () => {
    expect(VERSION).toBe((JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }).version);
  });
});
