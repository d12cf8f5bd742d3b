// `npm test`: installs what is missing, then types, lint, build, package shape and all tests.
// Every check runs even when an earlier one fails. The last line is "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, root } from './install.mjs';

install();

const folder = mkdtempSync(join(tmpdir(), 'ganloss-test-'));
const report = join(folder, 'report.json');
let passed = 0;
let failed = 0;

function check(name, args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync('npx', ['--no-install', ...args], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status === 0) passed += 1;
  else failed += 1;
  return status === 0;
}

check('types', ['tsc', '--noEmit']);
check('lint', ['eslint', '.', '--max-warnings', '0']);
if (check('build', ['tsdown', '--logLevel', 'error'])) check('package shape', ['publint', '--strict']);

console.log('\n── tests');
const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  // a file that does not even load has no test of its own to fail
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  // errors outside of any test, such as an unhandled rejection, show in the exit status alone
  failed += Math.max(numFailedTests + unloadable, status === 0 ? 0 : 1);
} catch {
  console.error('vitest left no report');
  failed += 1;
}
rmSync(folder, { recursive: true, force: true });

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
