import { defineConfig } from 'tsdown';
import { ganlossText } from './scripts/ganlossText.ts';

/** The conformance runner, bundled so that Node 20 alone runs it (scripts/conformance.mjs). */
export default defineConfig({
  entry: { conformance: 'test/conformance/cli.ts' },
  outDir: 'out/conformance',
  format: 'esm',
  fixedExtension: false,
  platform: 'node',
  target: 'node20',
  dts: false,
  clean: true,
  deps: { alwaysBundle: ['chevrotain', /^@chevrotain/, /^lodash-es/], neverBundle: [/^node:/], onlyBundle: false },
  plugins: [ganlossText() as never],
});
