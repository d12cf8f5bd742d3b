import { defineConfig } from 'tsdown';
import { ganlossText } from './scripts/ganlossText.ts';

/** The fuzz runner, bundled so that Node 20 alone runs it (scripts/fuzz.mjs). */
export default defineConfig({
  entry: { fuzz: 'test/fuzz/graphs/cli.ts' },
  outDir: 'out/fuzz',
  format: 'esm',
  fixedExtension: false,
  platform: 'node',
  target: 'node20',
  dts: false,
  clean: true,
  deps: { alwaysBundle: ['chevrotain', /^@chevrotain/, /^lodash-es/], neverBundle: [/^node:/], onlyBundle: false },
  plugins: [ganlossText() as never],
});
