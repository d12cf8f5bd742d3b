import type { Model } from '../../dsl/typed.ts';
import { VERSION } from '../../version.ts';
import { dataFile } from './templates/data.ts';
import { networksFile } from './templates/networks.ts';
import { readmeFile } from './templates/readme.ts';
import { OBJECTIVES } from './templates/objectives.ts';
import { trainFile } from './templates/train.ts';

/** The files of a new project by their names. */
export function projectFiles(model: Model, name: string): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(packageJson(name), null, 2)}\n`,
    'objective.ganloss': OBJECTIVES[model],
    'data.js': dataFile(model),
    'networks.js': networksFile(model),
    'train.js': trainFile(model),
    'README.md': readmeFile(model, name),
  };
}

function packageJson(name: string) {
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=20' },
    scripts: { start: 'node train.js', check: 'ganloss check objective.ganloss', explain: 'ganloss explain objective.ganloss' },
    dependencies: { '@tensorflow/tfjs': '^4.22.0', '@tensorflow/tfjs-backend-wasm': '^4.22.0', ganloss: `^${VERSION}` },
  };
}
