import { compile } from '../../src/index.ts';
import type { RandomObjective } from './randomObjective.ts';
import { findObjectiveFault, type ObjectiveFault, type ObjectiveWay } from './ways.ts';

const tokensOf = (text: string): readonly string[] => text.match(/[A-Za-z_]\w*|[\d.]+(?:e[+-]?\d+)?|"[^"\n]*"|\s+|[^\s\w]/g) ?? [];

/** Texts with a piece left out, or with what stands in parentheses in place of the call around it; the largest pieces first. */
function* shorter(text: string): Generator<string> {
  const tokens = tokensOf(text);
  const joined = (parts: readonly (readonly string[])[]) => parts.flat().join('');
  for (let length = tokens.length >> 1; length >= 1; length = length > 8 ? length >> 1 : length - 1) {
    for (let start = 0; start + length <= tokens.length; start += length > 8 ? length >> 1 : 1) yield joined([tokens.slice(0, start), tokens.slice(start + length)]);
  }
  for (let start = 0; start < tokens.length; start++) {
    if (tokens[start] !== '(') continue;
    const end = closing(tokens, start);
    for (const replacement of [['1'], tokens.slice(start + 1, end)]) yield joined([tokens.slice(0, start), replacement, tokens.slice(end + 1)]);
    if (start > 0 && /^\w+$/.test(tokens[start - 1])) for (const replacement of [['1'], tokens.slice(start + 1, end)]) yield joined([tokens.slice(0, start - 1), replacement, tokens.slice(end + 1)]);
  }
}

/** Where a parenthesis is closed. */
function closing(tokens: readonly string[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    if (tokens[i] === '(') depth += 1;
    if (tokens[i] === ')' && --depth === 0) return i;
  }
  return tokens.length;
}

/** Whether it is a specification for the same networks. */
function compiles(text: string, { model, sampleClass }: RandomObjective): boolean {
  try {
    return compile(text).model === model && /\bmulti_hinge\b/.test(text) === sampleClass;
  } catch {
    return false;
  }
}

/** A fault that other weights and batches show, too: not the rounding of one. */
export function lastingFault(ways: readonly ObjectiveWay[], spec: RandomObjective): ObjectiveFault | null {
  const fault = findObjectiveFault(ways, spec);
  const others = [1, 2].map((more) => ({ ...spec, seed: spec.seed + more }));
  return fault !== null && others.every((other) => findObjectiveFault([fault.way], other) !== null) ? fault : null;
}

/** The shortest specification found that is still wrong on the same way: by leaving out pieces of its text. */
export function shrinkObjective(fault: ObjectiveFault, find: (ways: readonly ObjectiveWay[], spec: RandomObjective) => ObjectiveFault | null = lastingFault): ObjectiveFault {
  let best = fault;
  for (let again = true; again; ) {
    again = false;
    for (const text of shorter(best.spec.text)) {
      if (text.length >= best.spec.text.length || !compiles(text, best.spec)) continue;
      const found = find([best.way], { ...best.spec, text });
      if (found === null) continue;
      best = found;
      again = true;
      break;
    }
  }
  return best;
}
