import { writesOf } from './effects.ts';
import type { Access, BufferId, Kernel, Node, PlacedSchedule, Schedule, Store } from './types.ts';
import { bytesOf, flopsOf } from './work.ts';

/** A schedule as text: a line a kernel, and below it what it computes at each point. */
export function printSchedule(schedule: Schedule | PlacedSchedule): string {
  const name = (buffer: BufferId) => `%${schedule.buffers[buffer].name}`;
  const lines = [`schedule @${schedule.name} {`];
  for (const { name: input, buffer } of schedule.inputs) lines.push(`  input ${input}: ${typeOf(schedule, buffer)}${placeOf(schedule, buffer)}`);
  for (const { buffer } of schedule.constants) lines.push(`  constant ${name(buffer)}: ${typeOf(schedule, buffer)}${placeOf(schedule, buffer)}`);
  schedule.kernels.forEach(({ kernel, name: label }, i) => {
    lines.push(`  ${i}: ${label}  // ${flopsOf(kernel)} flops, ${bytesOf(kernel, schedule)} bytes`);
    for (const line of printKernel(kernel, name)) lines.push(`    ${line}`);
    for (const buffer of writesOf(kernel)) lines.push(`    → ${name(buffer)}: ${typeOf(schedule, buffer)}${placeOf(schedule, buffer)}`);
  });
  for (const { name: output, buffer } of schedule.outputs) lines.push(`  output ${output} = ${name(buffer)}`);
  return `${lines.join('\n')}\n}\n`;
}

function typeOf({ buffers }: Schedule, buffer: BufferId): string {
  return `${buffers[buffer].dtype}[${buffers[buffer].shape.join(', ')}]`;
}

function placeOf(schedule: Schedule | PlacedSchedule, buffer: BufferId): string {
  return 'offsets' in schedule ? ` at ${schedule.offsets[buffer]}` : '';
}

function printKernel(kernel: Kernel, name: (buffer: BufferId) => string): readonly string[] {
  switch (kernel.kind) {
    case 'loops':
      return [
        `loops [${kernel.space.join(', ')}]${kernel.reduced.length > 0 ? ` over [${kernel.reduced.join(', ')}]` : ''}`,
        ...printNodes(kernel.nodes, name),
        ...kernel.reductions.map(({ combine, node }, i) => `accumulate ${i} ${combine} n${node}`),
        ...printNodes(kernel.epilogue, name, 'e'),
        ...printStores(kernel.stores, name, kernel.epilogue.length > 0 ? 'e' : 'n'),
      ];
    case 'contraction': {
      const sizes = (dims: readonly { readonly size: number }[]) => `[${dims.map(({ size }) => size).join(', ')}]`;
      const windows = kernel.windows.map(({ size, taps, stride, dilation }) => `${size} of ${taps} taps${stride === 1 ? '' : ` by ${stride}`}${dilation === 1 ? '' : ` over ${dilation}`}`);
      return [
        `contraction ${name(kernel.lhs.buffer)} · ${name(kernel.rhs.buffer)}: batch ${sizes(kernel.batch)} rows ${sizes(kernel.rows)} windows [${windows.join(', ')}] contracted ${sizes(kernel.contracted)} columns ${sizes(kernel.columns)}`,
        ...printNodes(kernel.epilogue, name, 'e'),
        ...printStores(kernel.stores, name, 'e'),
      ];
    }
    case 'scatter':
      return [`scatter ${name(kernel.updates)} at ${name(kernel.indices)}`];
    case 'select_and_scatter':
      return [`select_and_scatter ${name(kernel.source)} by ${name(kernel.operand)}`];
    default:
      return kernel satisfies never;
  }
}

function printNodes(nodes: readonly Node[], name: (buffer: BufferId) => string, letter = 'n'): readonly string[] {
  return nodes.map((node, i) => `${letter}${i} = ${printNode(node, name, letter)}`);
}

function printNode(node: Node, name: (buffer: BufferId) => string, letter: string): string {
  switch (node.kind) {
    case 'load':
      return `load ${printAccess(node.access, name, letter)}`;
    case 'constant':
      return `constant ${Object.is(node.value, -0) ? '-0' : node.value}`;
    case 'index':
      return `index ${node.offset} + [${node.coefficients.join(', ')}]`;
    case 'apply':
      return `${node.op}${node.op === 'compare' ? ` ${node.attributes.direction}` : ''} ${node.args.map((arg) => `${letter}${arg}`).join(', ')}`;
    case 'accumulator':
      return `accumulator ${node.place}`;
    default:
      return node satisfies never;
  }
}

function printAccess({ buffer, offset, strides, guards, indirections, fill }: Access, name: (buffer: BufferId) => string, letter: string): string {
  const guarded = guards.map((guard) => ` where (${guard.offset} + [${guard.coefficients.join(', ')}])/${guard.dilation} < ${guard.size} by ${guard.stride} else ${fill}`);
  const indirect = indirections.map(({ node, stride, limit }) => ` + ${stride}·min(${letter}${node}, ${limit})`);
  return `${name(buffer)}[${offset} + [${strides.join(', ')}]${indirect.join('')}]${guarded.join('')}`;
}

function printStores(stores: readonly Store[], name: (buffer: BufferId) => string, letter: string): readonly string[] {
  return stores.map(({ buffer, offset, strides, node }) => `store ${letter}${node} in ${name(buffer)}[${offset} + [${strides.join(', ')}]]`);
}
