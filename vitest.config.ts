import { defineConfig } from 'vitest/config';
import { ganlossText } from './scripts/ganlossText.ts';

export default defineConfig({
  plugins: [ganlossText()],
  test: {
    // programs of examples/ and blocks of the docs import the package; tests of them need no build
    alias: [
      { find: /^ganloss$/, replacement: new URL('src/index.ts', import.meta.url).pathname },
      { find: /^ganloss\/(tfgan|node|runtime)$/, replacement: new URL('src/$1.ts', import.meta.url).pathname },
    ],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // tfjs keeps its engine in a global: a worker a file keeps tests independent
    pool: 'forks',
    maxWorkers: 2,
  },
});
