import { programConfig } from './scripts/programConfig.ts';

/** For scripts/conformance.mjs. */
export default programConfig('conformance', 'test/conformance/cli.ts');
