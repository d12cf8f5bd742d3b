// `npm run bench -- [options]`, after `npm ci`: bundles the bench and times training steps (bench/README.md).
import { runProgram } from './runProgram.mjs';

runProgram('bench');
