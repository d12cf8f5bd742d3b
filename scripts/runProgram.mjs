import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

/** Bundles a program of this repository (tsdown.NAME.config.ts) and runs it with this process's arguments, after `npm ci`. */
export function runProgram(name) {
  const build = spawnSync('npx', ['--no-install', 'tsdown', '--config', `tsdown.${name}.config.ts`, '--logLevel', 'error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  if (build.status !== 0) process.exit(2);
  const { status } = spawnSync(process.execPath, [`out/${name}/${name}.js`, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  process.exit(status ?? 2);
}
