import type { CliIo } from '../io.ts';
import { shellWord } from '../shellWord.ts';
import type { TrainOptions } from './trainOptions.ts';

/** The command that goes on with a run: exactly what a shell takes. */
export function resumeCommand(spec: string, { data, out, networks, steps, backend }: TrainOptions, io: CliIo): string {
  const option = (name: string, value: string | number | undefined): readonly string[] => (value === undefined ? [] : [name, String(value)]);
  const parts = ['train', spec, ...option('--data', data), ...option('--out', out), ...option('--networks', networks), ...option('--backend', backend), ...option('--steps', steps), '--resume'];
  return [program(io), ...parts.map(shellWord)].join(' ');
}

/** In a clone of the project, `npm start` runs the program. */
function program({ env }: CliIo): string {
  return env.npm_lifecycle_event === 'start' && env.npm_package_name === 'ganloss' ? 'npm start --' : 'npx ganloss';
}
