import type { Remark } from '../passes/pass.ts';
import { positionAt } from '../support/source.ts';

/** A remark of a pass as `--json` prints it. */
export function remarkJson({ pass, rule, what, why, origin }: Remark) {
  return { pass, rule, what, why, origin: origin.map(({ source, start }) => ({ file: source.name, ...positionAt(source, start) })) };
}
