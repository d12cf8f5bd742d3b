import { programConfig } from './scripts/programConfig.ts';

/** For scripts/fuzz.mjs. */
export default programConfig('fuzz', 'test/fuzz/graphs/cli.ts');
