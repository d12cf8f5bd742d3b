// `npm start`: installs what is missing, builds, and trains a GAN on MNIST with the objective of examples/wgan-gp.ganloss.
// `npm start -- ARGS` runs the command line with these arguments instead.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, run } from './install.mjs';

/** A folder without a run in it: what an earlier `npm start` drew stays. */
function freeFolder() {
  let folder = 'out/mnist';
  for (let count = 2; existsSync(join(root, folder)); count += 1) folder = `out/mnist-${count}`;
  return folder;
}

install();
run('npx', ['--no-install', 'tsdown', '--logLevel', 'error']);
const args = process.argv.slice(2);
run(process.execPath, ['dist/cli.js', ...(args.length > 0 ? args : ['train', 'examples/wgan-gp.ganloss', '--data', 'mnist', '--steps', '1300', '--out', freeFolder()])]);
