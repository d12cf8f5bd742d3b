// `npm run bench -- [options]`, after `npm ci`: bundles the bench and times training steps (bench/README.md).
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

const build = spawnSync('npx', ['--no-install', 'tsdown', '--config', 'tsdown.bench.config.ts', '--logLevel', 'error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
if (build.status !== 0) process.exit(2);
const { status } = spawnSync(process.execPath, ['out/bench/bench.js', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 2);
