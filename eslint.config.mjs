import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/** What each folder below src may import (docs/architecture.md); itself is always allowed. */
const MAY_IMPORT = {
  support: [],
  dsl: ['support'],
  ir: ['support'],
  terms: ['support', 'dsl', 'ir'],
  lower: ['support', 'dsl', 'terms', 'ir'],
  passes: ['support', 'ir'],
  schedule: ['support', 'ir', 'passes'],
  codegen: ['support', 'ir', 'schedule'],
  step: ['support', 'ir', 'passes'],
  runtime: ['support', 'ir', 'codegen', 'passes', 'schedule', 'step', 'version.ts'],
  // the facade compiles its built-in losses through the public API
  tfgan: ['support', 'dsl', 'runtime', 'compile.ts', 'objective.ts', 'index.ts'],
};
const FOLDERS = Object.keys(MAY_IMPORT);

const zones = FOLDERS.map((folder) => ({
  target: `./src/${folder}`,
  from: './src',
  except: [folder, ...MAY_IMPORT[folder]].map((name) => `./${name}`),
  message: `src/${folder} may import only: ${[folder, ...MAY_IMPORT[folder]].join(', ')}`,
}));

const nodeImports = {
  patterns: [{ group: ['node:*', 'fs', 'path', 'os', 'worker_threads', 'child_process', 'crypto'], message: 'Only src/cli and src/node use Node: everything else runs in a browser.' }],
};

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'test/golden/', 'test/**/*.golden.js'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ alwaysTryTypes: true })] },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'import-x/no-cycle': ['error', { maxDepth: 64 }],
      'import-x/no-self-import': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones }] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/node.ts', 'src/node/**', 'src/**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', nodeImports] },
  },
);
