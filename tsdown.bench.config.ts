import { programConfig } from './scripts/programConfig.ts';

/** For scripts/bench.mjs. */
export default programConfig('bench', 'bench/steps/cli.ts');
