import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a command in the project's root; ends this process when it fails. */
export function run(command, args, options = {}) {
  // Ctrl-C reaches the child as well, which saves what it has; this process ends with it
  process.on('SIGINT', () => {});
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', ...options });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Installs the dependencies where they are missing or older than the lock file. */
export function install() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    console.error(`ganloss needs Node 20 or newer; this is Node ${process.versions.node}.`);
    process.exit(2);
  }
  const stamp = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error('Installing dependencies (once; about a minute)…');
  // npm ci removes node_modules first, so that an interrupted install is repaired
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error']);
}
