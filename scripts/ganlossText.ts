import type { Plugin } from 'vitest/config';

/**
 * Lets `import text from './x.ganloss'` give the file's text, in the bundle and in the tests alike,
 * so that the prelude stays in files of its own and still travels inside the bundle.
 */
export function ganlossText(): Plugin {
  return {
    name: 'ganloss-text',
    transform(code: string, id: string) {
      if (!id.endsWith('.ganloss')) return null;
      return { code: `export default ${JSON.stringify(code)};`, map: null, moduleType: 'js' };
    },
  };
}
