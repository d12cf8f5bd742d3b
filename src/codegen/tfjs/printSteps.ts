import type { Block, Expression, LossFunction, Program } from './program.ts';

/** The calls that a program makes, one a line in the order in which they run; what runs inside a gradient is indented. */
export function printSteps(program: Program): string {
  return program.functions.map(printFunction).join('\n');
}

interface Listing {
  readonly lines: string[];
  next: number;
}

function printFunction(fn: LossFunction): string {
  const listing: Listing = { lines: [], next: 0 };
  const locals = new Map<string, string>(fn.inputs.map((name) => [name, name]));
  for (const { name, value } of fn.statements) locals.set(name, list(value, locals, 1, listing));
  const outputs = fn.outputs.map(({ name, value }) => `${name} = ${list(value, locals, 1, listing)}`);
  return [`${fn.name}:`, ...listing.lines, ...outputs.map((output) => `  return ${output}`), ''].join('\n');
}

function list(expression: Expression, locals: ReadonlyMap<string, string>, depth: number, listing: Listing): string {
  const step = (text: string): string => {
    const id = `#${listing.next}`;
    listing.next += 1;
    listing.lines.push(`${'  '.repeat(depth)}${id} = ${text}`);
    return id;
  };
  const operands = (args: readonly Expression[]) => args.map((arg) => list(arg, locals, depth, listing)).join(', ');
  switch (expression.kind) {
    case 'local':
      return locals.get(expression.name) ?? expression.name;
    case 'literal':
      return JSON.stringify(expression.value) ?? String(expression.value);
    case 'context':
      return expression.name;
    case 'param':
      return `params.${expression.name}`;
    case 'call':
      return step(`${expression.callee}(${operands(expression.args)})`);
    case 'each':
      return step(`${expression.callee} of each of ${operands(expression.args)}`);
    case 'networkItself':
      return expression.network;
    case 'network':
      return step(`${expression.network}(${operands(expression.args)})`);
    case 'head':
      return step(`head ${expression.head ?? 'first'} of ${list(expression.object, locals, depth, listing)}`);
    case 'every': {
      const result = listBlock(expression.body, locals, depth + 1, listing);
      return step(`${result} every ${expression.interval} steps, else 0`);
    }
    case 'gradient': {
      const at = list(expression.at, locals, depth, listing);
      const result = listBlock(expression.body, new Map([...locals, [expression.variable, at]]), depth + 1, listing);
      return step(`gradient of ${result} by ${at}`);
    }
    default:
      return expression satisfies never;
  }
}

function listBlock(block: Block, outer: ReadonlyMap<string, string>, depth: number, listing: Listing): string {
  const locals = new Map(outer);
  for (const { name, value } of block.statements) locals.set(name, list(value, locals, depth, listing));
  return list(block.result, locals, depth, listing);
}
