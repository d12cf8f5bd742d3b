import { expect, it } from 'vitest';
import { createBuilder } from './builder.ts';
import { dotGraph } from './dot.ts';
import { tensorType } from './types.ts';

it('draws inputs, equations, networks and outputs', () => {
  const b = createBuilder('generator');
  const fake = b.input('fake', tensorType(['n'], { open: true }));
  const call = b.emit('network_call', [fake], { network: 'D', outputs: 'single' });
  const loss = b.emit('multiply', [call, b.emit('constant', [], { dtype: 'f32', shape: [40], data: Array.from({ length: 40 }, (_, i) => i) })]);
  b.name(loss, 'a "b"');
  expect(dotGraph(b.finish([{ name: 'loss', value: loss }]))).toBe(String.raw`digraph "generator" {
  rankdir=TB;
  node [fontname="monospace"];
  v0 [label="fake\nf32[n, ...]", shape=ellipse];
  v1 [label="@D\nf32[n, ...]", shape=octagon];
  v2 [label="constant<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,…\nf32[40]", shape=box];
  v3 [label="a \"b\"\nmultiply\nf32[...]", shape=box];
  out0 [label="loss", shape=doublecircle];
  v0 -> v1;
  v1 -> v3 [label="0"];
  v2 -> v3 [label="1"];
  v3 -> out0;
}
`);
});
