import { defineConfig } from 'tsdown';
import { ganlossText } from './ganlossText.ts';

/** A program of this repository, bundled into out/NAME so that Node 20 alone runs it. */
export function programConfig(name: string, entry: string) {
  return defineConfig({
    entry: { [name]: entry },
    outDir: `out/${name}`,
    format: 'esm',
    fixedExtension: false,
    platform: 'node',
    target: 'node20',
    dts: false,
    clean: true,
    deps: { alwaysBundle: ['chevrotain', /^@chevrotain/, /^lodash-es/], neverBundle: [/^node:/], onlyBundle: false },
    // rolldown's plugin type is a superset of what this plugin uses of vite's
    plugins: [ganlossText() as never],
  });
}
