import { printGraph } from '../../../src/ir/print.ts';
import { optimizeStatic } from '../../../src/passes/optimizeStatic.ts';
import { printCase } from './caseFile.ts';
import type { Fault } from './findFault.ts';

/** A fault for a reader: what is wrong, the case (`caseFile.ts`), and what the passes make of it. */
export function printFault(fault: Fault): string {
  return [...fault.wrong.slice(0, 6), printCase(fault), 'optimised:', optimised(fault)].join('\n');
}

function optimised({ given: { open } }: Fault): string {
  try {
    return printGraph(optimizeStatic(open, { math: 'strict', remark: () => undefined })).trimEnd();
  } catch (error) {
    return String(error);
  }
}
