// `npm start`: installs what is missing, builds, and trains a GAN on MNIST with the objective of examples/wgan-gp.ganloss.
import { install, run } from './install.mjs';

install();
run('npx', ['--no-install', 'tsdown', '--logLevel', 'error']);
const args = process.argv.slice(2);
run(process.execPath, args.length > 0 ? ['dist/cli.js', ...args] : ['dist/cli.js', 'train', 'examples/wgan-gp.ganloss', '--data', 'mnist', '--out', 'out/mnist']);
