import { defineConfig } from 'vitest/config';
import { ganlossText } from './scripts/ganlossText.ts';

export default defineConfig({
  plugins: [ganlossText()],
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // tfjs keeps its engine in a global: a worker a file keeps tests independent
    pool: 'forks',
    maxWorkers: 2,
  },
});
