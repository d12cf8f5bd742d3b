import * as tfgan from '../../src/tfgan.ts';
import { camelCase } from './corpus/camelCase.ts';

/** Calls a function of `ganloss/tfgan` by TF-GAN's name (`losses.wargs.minimax_generator_loss`), as a user without types would. */
export function callFacade(name: string, ...args: readonly unknown[]): unknown {
  return Reflect.apply(facadeFunction(name), undefined, args) as unknown;
}

export function facadeFunction(name: string): (...args: never[]) => unknown {
  let found: unknown = tfgan;
  for (const part of name.split('.')) found = typeof found === 'object' && found !== null ? (Reflect.get(found, camelCase(part)) as unknown) : undefined;
  if (!isFunction(found)) throw new Error(`ganloss/tfgan has no ${camelCase(name)}`);
  return found;
}

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function';
}
