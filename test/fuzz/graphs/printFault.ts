import { printGraph } from '../../../src/ir/print.ts';
import type { ArrayValue } from '../../../src/ir/values.ts';
import { optimizeStatic } from '../../../src/passes/optimizeStatic.ts';
import type { Fault } from './findFault.ts';

const number = (x: number) => (Object.is(x, -0) ? '-0' : String(x));

/** A case as an entry of `regressions.ts`. */
export function printFault({ way, given, wrong }: Fault): string {
  const inputs = [...given.inputs].map(([name, value]) => `      ${JSON.stringify(name)}: [${Array.from((value as ArrayValue).data, number).join(', ')}],`);
  const text = printGraph(given.open).trimEnd().split('\n');
  return [
    ...wrong.slice(0, 6).map((line) => `// ${line}`),
    '{',
    `  way: ${JSON.stringify(way.name)},`,
    '  graph: `',
    ...text,
    '`,',
    '  inputs: {',
    ...inputs.map((line) => line.slice(2)),
    '  },',
    '},',
    '// optimised:',
    ...optimised(given).split('\n').map((line) => `// ${line}`),
  ].join('\n');
}

function optimised({ open }: Fault['given']): string {
  try {
    return printGraph(optimizeStatic(open, { math: 'strict', remark: () => undefined })).trimEnd();
  } catch (error) {
    return String(error);
  }
}
