import { defineConfig } from 'tsdown';
import { ganlossText } from './scripts/ganlossText.ts';

/** The bench, bundled so that Node 20 alone runs it (scripts/bench.mjs). */
export default defineConfig({
  entry: { bench: 'bench/steps/cli.ts' },
  outDir: 'out/bench',
  format: 'esm',
  fixedExtension: false,
  platform: 'node',
  target: 'node20',
  dts: false,
  clean: true,
  deps: { alwaysBundle: ['chevrotain', /^@chevrotain/, /^lodash-es/], neverBundle: [/^node:/], onlyBundle: false },
  plugins: [ganlossText() as never],
});
