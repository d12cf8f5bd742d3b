// `npm run conformance -- [DIR] [options]`, after `npm ci`: bundles the runner and runs every case of the JSON files in DIR (test/conformance/FORMAT.md).
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

const build = spawnSync('npx', ['--no-install', 'tsdown', '--config', 'tsdown.conformance.config.ts', '--logLevel', 'error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
if (build.status !== 0) process.exit(2);
const { status } = spawnSync(process.execPath, ['out/conformance/conformance.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 2);
