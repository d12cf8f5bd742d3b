/** Words that a generated function may not use for a local. */
const RESERVED = new Set([
  'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'implements',
  'import', 'in', 'instanceof', 'interface', 'let', 'new', 'null', 'package', 'private', 'protected', 'public', 'return', 'static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof',
  'var', 'void', 'while', 'with', 'yield', 'await', 'async', 'arguments', 'eval', 'undefined', 'NaN', 'Infinity',
]);

/** Hands out names for the locals of one function, each once. */
export interface NameSupply {
  readonly take: (wanted: string) => string;
}

export function createNames(taken: Iterable<string>): NameSupply {
  const used = new Set<string>([...RESERVED, ...taken]);
  return {
    take(wanted) {
      const base = toIdentifier(wanted);
      let name = base;
      for (let count = 2; used.has(name); count += 1) name = `${base}${count}`;
      used.add(name);
      return name;
    },
  };
}

/** `x2y.gp(target: 2)` → `x2yGpTarget2`, `least_squares` → `leastSquares`. */
export function toIdentifier(text: string): string {
  const words = text.split(/[^\p{ID_Continue}]+|_+/u).filter((word) => word !== '');
  const joined = words.map((word, index) => (index === 0 ? word : word[0].toUpperCase() + word.slice(1))).join('');
  return /^[\p{ID_Start}$]/u.test(joined) ? joined : `v${joined}`;
}
