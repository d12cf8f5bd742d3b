import { isTfCallee } from './callees.ts';
import { isOneOfEach, type Block, type Expression, type LossFunction, type Program, type Statement } from './program.ts';

const WIDTH = 110;

/** A program as an ES module. The same program gives the same bytes. */
export function printProgram(program: Program): string {
  const callees = new Set(program.functions.flatMap(calleesOf));
  const runtime = [...callees].filter((callee) => !isTfCallee(callee));
  const lines = [
    ...program.header.map((line) => (line === '' ? '//' : `// ${line}`)),
    ...([...callees].some(isTfCallee) ? ["import * as tf from '@tensorflow/tfjs';"] : []),
    `import { ${['installGradients', ...runtime].sort().join(', ')} } from 'ganloss/runtime';`,
    '',
    '// tfjs is wrong on some second derivatives, and cannot train every layer on every backend: use the corrected rules.',
    'installGradients();',
    ...program.functions.flatMap((fn) => ['', ...printFunction(fn)]),
  ];
  return `${lines.join('\n')}\n`;
}

function printFunction(fn: LossFunction): readonly string[] {
  const parameters = [destructure(fn.networks), destructure(fn.inputs), ...(fn.context.length > 0 ? [destructure(fn.context)] : [])];
  return ['/**', ...fn.doc.map((line) => (line === '' ? ' *' : ` * ${line}`)), ' */', `export function ${fn.name}(${parameters.join(', ')}) {`, ...printStatements(fn.statements, 1), ...printReturn(fn), '}'];
}

function destructure(names: readonly string[]): string {
  return names.length === 0 ? '{}' : `{ ${names.join(', ')} }`;
}

function printStatements(statements: readonly Statement[], depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  return statements.flatMap(({ name, value, comment }) => [
    ...(comment === null ? [] : [`${pad}// ${comment}`]),
    `${pad}const ${name} = ${printExpression(value, depth, `const ${name} = ;`.length)};`,
  ]);
}

/** `{ loss, losses: { x2y, y2x }, terms: { gp }, state: { 'began.k': next_k } }` */
function printReturn(fn: LossFunction): readonly string[] {
  const group = (prefix: string) => fn.outputs.filter(({ name }) => name.startsWith(prefix)).map(({ name, value }) => printProperty(name.slice(prefix.length), value));
  const [loss] = fn.outputs.filter(({ name }) => name === 'loss');
  const losses = group('loss.');
  const states = group('state.');
  const parts = [
    printProperty('loss', loss.value),
    ...(losses.length > 0 ? [`losses: { ${losses.join(', ')} }`] : []),
    `terms: {${[...group('term.').map((term) => ` ${term}`)].join(',')} }`,
    ...(states.length > 0 ? [`state: { ${states.join(', ')} }`] : []),
  ];
  const flat = `  return { ${parts.join(', ')} };`;
  if (flat.length <= WIDTH) return [flat];
  return ['  return {', ...parts.map((part) => `    ${part},`), '  };'];
}

function printProperty(key: string, value: Expression): string {
  const text = printExpression(value, 2, key.length + 2);
  if (text === key) return key;
  return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)}: ${text}`;
}

/** `taken` columns of the line are in use beside the expression. */
function printExpression(expression: Expression, depth: number, taken: number): string {
  const flat = printFlat(expression, depth);
  if (flat.includes('\n') || depth * 2 + taken + flat.length <= WIDTH) return flat;
  if (expression.kind === 'each') return printLongEach(expression, depth);
  if (expression.kind !== 'call' && expression.kind !== 'network') return flat;
  const head = expression.kind === 'call' ? expression.callee : printNetwork(expression.network, expression.outputs);
  const pad = '  '.repeat(depth + 1);
  return `${head}(\n${expression.args.map((arg) => `${pad}${printExpression(arg, depth + 1, 1)},\n`).join('')}${'  '.repeat(depth)})`;
}

function printFlat(expression: Expression, depth: number): string {
  const args = (list: readonly Expression[]) => list.map((arg) => printFlat(arg, depth)).join(', ');
  switch (expression.kind) {
    case 'local':
      return expression.name;
    case 'context':
      return expression.name;
    case 'literal':
      return printLiteral(expression.value);
    case 'param':
      return `params.${expression.name}`;
    case 'call':
      return `${expression.callee}(${args(expression.args)})`;
    case 'each':
      return `each(${printApplied(expression)}, ${args(expression.args.filter(isOneOfEach))})`;
    case 'networkItself':
      return expression.network;
    case 'network':
      return `${printNetwork(expression.network, expression.outputs)}(${args(expression.args)})`;
    case 'head':
      return `${printFlat(expression.object, depth)}.head(${expression.head === null ? '' : quote(expression.head)})`;
    case 'every':
      return `every(step, ${expression.interval}, () => ${printBody(expression.body, depth)})`;
    case 'gradient':
      return `gradient((${expression.variable}) => ${printBody(expression.body, depth)}, ${printFlat(expression.at, depth)})`;
    default:
      return expression satisfies never;
  }
}

type Each = Extract<Expression, { kind: 'each' }>;

function printLongEach(expression: Each, depth: number): string {
  const pad = '  '.repeat(depth + 1);
  const lines = [printApplied(expression), ...expression.args.filter(isOneOfEach).map((arg) => printExpression(arg, depth + 1, 1))];
  return `each(\n${lines.map((line) => `${pad}${line},\n`).join('')}${'  '.repeat(depth)})`;
}

/** `(a, b) => tf.sub(a, b)`: literals stand inside. */
function printApplied({ callee, args }: Each): string {
  const names = 'abcd';
  let next = 0;
  const inner = args.map((arg) => (isOneOfEach(arg) ? names.charAt(next++) : printFlat(arg, 0)));
  return `(${[...names.slice(0, next)].join(', ')}) => ${callee}(${inner.join(', ')})`;
}

function printBody(body: Block, depth: number): string {
  if (body.statements.length === 0) return printFlat(body.result, depth);
  const inside = [...printStatements(body.statements, depth + 1), `${'  '.repeat(depth + 1)}return ${printExpression(body.result, depth + 1, 8)};`];
  return `{\n${inside.join('\n')}\n${'  '.repeat(depth)}}`;
}

function printNetwork(network: string, outputs: 'single' | 'all'): string {
  return outputs === 'single' ? network : `${network}.outputs`;
}

function printLiteral(value: number | string | readonly number[]): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return `[${value.map(printLiteral).join(', ')}]`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function calleesOf(fn: LossFunction): readonly string[] {
  const found: string[] = [];
  const visit = (expression: Expression): void => {
    switch (expression.kind) {
      case 'call':
        found.push(expression.callee);
        expression.args.forEach(visit);
        return;
      case 'each':
        found.push('each', expression.callee);
        expression.args.forEach(visit);
        return;
      case 'network':
        expression.args.forEach(visit);
        return;
      case 'head':
        visit(expression.object);
        return;
      case 'every':
        found.push('every');
        expression.body.statements.forEach(({ value }) => visit(value));
        visit(expression.body.result);
        return;
      case 'gradient':
        found.push('gradient');
        expression.body.statements.forEach(({ value }) => visit(value));
        visit(expression.body.result);
        visit(expression.at);
        return;
      case 'local':
      case 'literal':
      case 'context':
      case 'param':
      case 'networkItself':
        return;
      default:
        expression satisfies never;
    }
  };
  fn.statements.forEach(({ value }) => visit(value));
  fn.outputs.forEach(({ value }) => visit(value));
  return found;
}
