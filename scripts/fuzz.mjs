// `npm run fuzz -- [options]`, after `npm ci`: bundles the runner and runs random graphs through the compiler (test/fuzz/graphs/cli.ts).
import { runProgram } from './runProgram.mjs';

runProgram('fuzz');
