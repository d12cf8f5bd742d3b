import { defineConfig } from 'vitest/config';

/** tfjs-core's own tests, as its package ships them, of what has gradients (scripts/tfjs-corpus.mjs). */
export default defineConfig({
  test: {
    alias: [{ find: /^.*\/jasmine_util$/, replacement: new URL('test/tfjs-corpus/jasmineUtil.ts', import.meta.url).pathname }],
    include: ['node_modules/@tensorflow/tfjs-core/dist/{gradients_test.js,ops/**/*_test.js}'],
    exclude: [],
    globals: true,
    setupFiles: ['test/tfjs-corpus/setup.ts'],
    server: { deps: { inline: [/@tensorflow\/tfjs-core/] } },
    pool: 'forks',
    maxWorkers: 1,
    // a process for all: most of a file's time is loading tfjs
    isolate: false,
  },
});
