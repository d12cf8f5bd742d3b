import { defineConfig } from 'tsdown';
import { ganlossText } from './scripts/ganlossText.ts';

export default defineConfig({
  entry: { index: 'src/index.ts', runtime: 'src/runtime.ts', tfgan: 'src/tfgan.ts', node: 'src/node.ts', cli: 'src/cli/bin.ts' },
  format: 'esm',
  fixedExtension: false,
  platform: 'neutral',
  target: 'node20',
  dts: true,
  clean: true,
  // the parser's library in one file starts twice as fast as from its hundred modules
  deps: { alwaysBundle: ['chevrotain', /^@chevrotain/, /^lodash-es/], neverBundle: [/^node:/], onlyBundle: false },
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
  // rolldown's plugin type is a superset of what this plugin uses of vite's
  plugins: [ganlossText() as never],
});
