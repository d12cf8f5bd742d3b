// `npm run tfjs-corpus -- [--backend cpu|wasm]`: tfjs-core's own tests, as its package ships them, with stock gradients and with
// `installGradients()`. What comes out differently must be listed in test/tfjs-corpus/differences.json, with the reason; nothing else may.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './install.mjs';

const backend = process.argv.includes('--backend') ? process.argv[process.argv.indexOf('--backend') + 1] : 'cpu';
const folder = mkdtempSync(join(tmpdir(), 'ganloss-corpus-'));

/** Status by test: `<file> <name>`. */
function run(install) {
  const report = join(folder, `${install}.json`);
  // the wasm backend lacks half of what forward tests need: there, tests of gradients alone
  const only = backend === 'wasm' ? ['-t', 'grad'] : [];
  spawnSync('npx', ['--no-install', 'vitest', 'run', '--config', 'vitest.corpus.config.ts', '--reporter=json', `--outputFile.json=${report}`, ...only], {
    cwd: root, stdio: ['ignore', 'ignore', 'ignore'], timeout: 300_000, env: { ...process.env, CORPUS_BACKEND: backend, CORPUS_INSTALL: install ? 'yes' : 'no' }, shell: process.platform === 'win32',
  });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return new Map(testResults.flatMap(({ name, assertionResults }) => assertionResults.map(({ fullName, status }) => [`${basename(name, '_test.js')}: ${fullName.replace(/\s+/g, ' ').trim()}`, status])));
}

const [stock, installed] = [run(false), run(true)];
rmSync(folder, { recursive: true, force: true });
const passed = (statuses) => [...statuses.values()].filter((status) => status === 'passed').length;
const listed = JSON.parse(readFileSync(join(root, 'test/tfjs-corpus/differences.json'), 'utf8'));
const reasonOf = (test) => listed.find(({ tests }) => tests.some((name) => test.startsWith(name)))?.reason;
const worse = [...stock].filter(([test, status]) => status === 'passed' && installed.get(test) !== 'passed').map(([test]) => test);
const better = [...stock].filter(([test, status]) => status === 'failed' && installed.get(test) === 'passed').map(([test]) => test);
for (const test of better) console.log(`better  ${test}`);
for (const test of worse) console.log(`other   ${test} (${reasonOf(test) ?? 'NOT LISTED'})`);
const unlisted = worse.filter((test) => reasonOf(test) === undefined);
console.log(`\n${backend}: ${passed(stock)} pass with stock gradients, ${passed(installed)} with ganloss's; ${better.length} better, ${worse.length} other, ${unlisted.length} of them without a reason`);
process.exit(unlisted.length === 0 && passed(stock) > 0 ? 0 : 1);
