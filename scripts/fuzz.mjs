// `npm run fuzz -- [options]`, after `npm ci`: bundles the runner and runs random graphs through the compiler (test/fuzz/graphs/cli.ts).
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

const build = spawnSync('npx', ['--no-install', 'tsdown', '--config', 'tsdown.fuzz.config.ts', '--logLevel', 'error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
if (build.status !== 0) process.exit(2);
const { status } = spawnSync(process.execPath, ['out/fuzz/fuzz.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 2);
