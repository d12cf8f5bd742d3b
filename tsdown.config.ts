import { defineConfig } from 'tsdown';
import { ganlossText } from './scripts/ganlossText.ts';

export default defineConfig({
  entry: { index: 'src/index.ts', runtime: 'src/runtime.ts', node: 'src/node.ts', cli: 'src/cli/bin.ts' },
  format: 'esm',
  fixedExtension: false,
  platform: 'neutral',
  target: 'node20',
  dts: true,
  clean: true,
  // rolldown's plugin type is a superset of what this plugin uses of vite's
  plugins: [ganlossText() as never],
});
