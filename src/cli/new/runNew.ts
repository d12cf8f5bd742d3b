import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Model } from '../../dsl/typed.ts';
import { SpecError } from '../../support/diagnostic.ts';
import type { Context } from '../context.ts';
import { printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { shellWord } from '../shellWord.ts';
import { notWritten } from '../train/outputError.ts';
import { atomicWrite } from '../train/atomicWrite.ts';
import { projectFiles } from './projectFiles.ts';

/** `ganloss new`: writes a project into a directory that does not exist or is empty. */
export function runNew(directory: string, { model, json }: { readonly model: Model; readonly json?: boolean }, { io }: Context): ExitCode {
  const folder = resolve(io.cwd, directory);
  refuseUsed(folder, directory);
  const files = projectFiles(model, packageName(basename(folder)));
  for (const [name, content] of Object.entries(files)) atomicWrite(join(folder, name), content);
  const names = Object.keys(files);
  if (json === true) io.stdout.write(printJson({ directory, model, files: names }));
  else {
    const enter = directory === '.' ? '' : `  cd ${shellWord(directory)}\n`;
    io.stdout.write(`${names.map((name) => `${join(directory, name)}\n`).join('')}`);
    io.stderr.write(`\nNext:\n${enter}  npm install\n  npm start\n`);
  }
  return EXIT.ok;
}

function refuseUsed(folder: string, shown: string): void {
  let content: readonly string[];
  try {
    content = readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw notWritten(error, shown);
  }
  if (content.length === 0) return;
  const message = `'${shown}' is not empty`;
  throw new SpecError(message, [{ code: 'GL7005', severity: 'error', message, span: null, hint: 'Nothing is overwritten: name a new directory.' }]);
}

/** What npm takes as a name. */
function packageName(folder: string): string {
  const name = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[._-]+|[._-]+$/g, '');
  return name === '' || name === 'ganloss' ? 'my-gan' : name;
}
