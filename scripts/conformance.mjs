// `npm run conformance -- [DIR] [options]`, after `npm ci`: bundles the runner and runs every case of the JSON files in DIR (test/conformance/FORMAT.md).
import { runProgram } from './runProgram.mjs';

runProgram('conformance');
