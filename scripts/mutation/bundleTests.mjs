import { isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/** One CommonJS text for all test files: run, it declares the tests of each with the kit that `globalThis.testKitOf` has for the file. */
export async function bundleTests(files) {
  const ENTRY = '\0tests';
  const KIT = '\0kit:';
  const build = await rolldown({
    input: ENTRY,
    platform: 'node',
    treeshake: false,
    moduleTypes: { '.ganloss': 'text' },
    // packages hold no mutants: one copy of them serves all runs
    external: (id) => isBuiltin(id) || /^[@a-z]/.test(id) && !id.startsWith('vitest'),
    plugins: [
      {
        name: 'tests',
        resolveId(id, importer) {
          if (id === ENTRY) return ENTRY;
          return id === 'vitest' ? KIT + importer : null;
        },
        load(id) {
          if (id === ENTRY) return files.map((file) => `import ${JSON.stringify(file)};`).join('\n');
          return id.startsWith(KIT) ? `export const { describe, it, expect } = globalThis.testKitOf(${JSON.stringify(id.slice(KIT.length))});` : null;
        },
        transform(code, id) {
          return code.includes('import.meta.url') ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)) : null;
        },
      },
    ],
  });
  const { output } = await build.generate({ format: 'cjs', codeSplitting: false });
  await build.close();
  return output[0].code;
}
