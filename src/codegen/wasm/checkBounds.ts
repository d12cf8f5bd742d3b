import { sizeOf } from '../../ir/values.ts';
import { simplifyLoops } from '../../schedule/simplifyLoops.ts';
import type { Access, Buffer, ContractionKernel, Kernel, Store } from '../../schedule/types.ts';
import { invariant } from '../../support/invariant.ts';
import { contractionAsLoops } from '../../schedule/contractionAsLoops.ts';

type Range = readonly [number, number];

const plus = (a: Range, b: Range): Range => [a[0] + b[0], a[1] + b[1]];
const along = (stride: number, steps: number): Range => [Math.min(0, stride * steps), Math.max(0, stride * steps)];

/** The places that an access can reach, guards and limits observed. */
function reachOf(access: Access, sizes: readonly number[]): Range {
  let range: Range = [access.offset, access.offset];
  access.strides.forEach((stride, d) => (range = plus(range, along(stride, sizes[d] - 1))));
  for (const { stride, size } of access.guards) range = plus(range, along(stride, size - 1));
  for (const { stride, limit } of access.indirections) range = plus(range, along(stride, limit));
  return range;
}

function within(range: Range, buffer: Buffer, what: string): void {
  invariant(range[0] >= 0 && range[1] < sizeOf(buffer.shape), `${what} reaches [${range.join(', ')}] of ${buffer.name}, which has ${sizeOf(buffer.shape)} elements`);
}

function checkLoops(kernel: Extract<Kernel, { kind: 'loops' }>, buffers: readonly Buffer[], name: string): void {
  const { space, reduced, nodes, epilogue, stores } = simplifyLoops(kernel);
  const check = (accesses: readonly Access[], sizes: readonly number[]): void => {
    if (sizes.includes(0)) return;
    for (const access of accesses) if (access.guards.every(({ size }) => size > 0)) within(reachOf(access, sizes), buffers[access.buffer], name);
  };
  const loads = (list: typeof nodes): Access[] => list.flatMap((node) => (node.kind === 'load' ? [node.access] : []));
  check(loads(nodes), [...space, ...reduced]);
  check(loads(epilogue), space);
  check(stores.map(({ buffer, offset, strides }: Store): Access => ({ buffer, offset, strides, guards: [], indirections: [], fill: 0 })), space);
}

/** Every place that a kernel computes lies in its buffer. @throws where one may not: a bug of the compiler. */
export function checkBounds(kernel: Kernel, buffers: readonly Buffer[], name: string): void {
  if (kernel.kind === 'loops') checkLoops(kernel, buffers, name);
  else if (kernel.kind === 'contraction') checkLoops(contractionAsLoops(kernel satisfies ContractionKernel, 'f32'), buffers, name);
  // the others test each place as they run
}
