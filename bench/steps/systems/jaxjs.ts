import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dataOf, weightsOf, type CaseName, type Phase, type Row, type TensorValue, type Values } from '../cases.ts';
import { sumOfMagnitudes } from '../magnitudes.ts';
import type { Contestant } from '../measure.ts';
import type { SteppedCase } from '../networks.ts';
import { same, toChannelsFirst, weightsChannelsFirst } from './jaxjs/layouts.ts';
import { createLosses, type Loss } from './jaxjs/losses.ts';
import type { Jax, JaxArray, Nets, Tree } from './jaxjs/types.ts';
import type { Line, SystemSettings } from './system.ts';

const PACKAGE = '@jax-js/jax';
export const INSTALL_HINT = `jax-js is not part of this project: npm install --prefix DIR ${PACKAGE}, and then --jaxjs DIR`;

/** Steps that take half a minute and more. */
const SLOW: ReadonlySet<CaseName> = new Set(['dcgan', 'cyclegan']);

/** @jax-js/jax on its wasm backend: one jit over loss, gradients and Adam. */
export async function* jaxjs(rows: readonly Row[], { slow, jaxjs: folder }: SystemSettings): AsyncGenerator<Line> {
  const skip = (row: Row, note: string, system = 'jax-js'): Line => ({ contestants: [], skipped: [{ system, threads: 1, row, note }] });
  const installed = folder === null ? null : findPackage(folder);
  if (installed === null) {
    for (const row of rows) yield skip(row, `skipped: ${folder === null ? 'not installed' : `not found in ${folder}`}; ${INSTALL_HINT}`);
    return;
  }
  const jax = (await import(/* @vite-ignore */ pathToFileURL(installed.entry).href)) as Jax;
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const system = `jax-js ${installed.version} wasm jit`;
  for (const row of rows) {
    if (SLOW.has(row.case) && !slow) {
      yield skip(row, 'skipped: takes minutes; --slow runs it', system);
      continue;
    }
    const run = row.phase === 'loss' ? lossOnly(jax, row.case) : step(jax, row.case as SteppedCase, row.phase);
    yield { contestants: [{ ...run, system, threads: 1, row }], skipped: [] };
  }
}

function findPackage(folder: string): { readonly entry: string; readonly version: string } | null {
  for (const path of [join(folder, 'node_modules', PACKAGE), join(folder, PACKAGE), folder]) {
    const file = join(path, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version, module } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string; readonly version: string; readonly module?: string };
    if (name === PACKAGE && module !== undefined) return { entry: join(path, module), version };
  }
  return null;
}

type Run = Pick<Contestant, 'step' | 'gsum'>;

async function magnitudesOf(arrays: readonly JaxArray[]): Promise<number> {
  return sumOfMagnitudes(await Promise.all(arrays.map((array) => array.ref.data())));
}

function step(jax: Jax, name: SteppedCase, phase: Phase): Run {
  const { numpy: np, tree } = jax;
  const array = (value: TensorValue): JaxArray => np.array(value.data).reshape([...value.shape]);
  const arrays = (values: Values): Tree => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, array(value)]));
  const refs = <T>(value: T): T => tree.map((leaf) => leaf.ref, value);

  const nets = Object.fromEntries(Object.entries(weightsChannelsFirst(name, weightsOf(name))).map(([network, weights]) => [network, arrays(weights)]));
  const read = phase === 'D' ? ['real', 'z', 'alpha', 'a', 'b'] : ['z', 'a', 'b'];
  const data = arrays(Object.fromEntries(Object.entries(dataOf(name)).filter(([key]) => read.includes(key)).map(([key, value]) => [key, toChannelsFirst(value)])));
  const ofPlayer = (player: string): Nets => Object.fromEntries(Object.entries(nets).filter(([network]) => network.startsWith(player)));
  let trained = ofPlayer(phase);
  const others = ofPlayer(phase === 'D' ? 'G' : 'D');
  const loss: Loss = createLosses(jax, same)[name][phase as 'D' | 'G'];
  let first = tree.map((leaf) => np.zeros(leaf.shape), trained);
  let second = tree.map((leaf) => np.zeros(leaf.shape), trained);
  let updates = 0;
  // rate = lr/(1 − b1^t), correction = 1/(1 − b2^t)
  const run = jax.jit((P: Nets, M: Nets, V: Nets, rate: JaxArray, correction: JaxArray, Q: Nets, d: Tree) => {
    const [value, gradients] = jax.valueAndGrad(loss)(refs(P), Q, d) as [JaxArray, Nets];
    const moments = tree.map((m, g) => m.mul(0.5).add(g.mul(0.5)), M, refs(gradients));
    const squares = tree.map((v, g) => v.mul(0.9).add(np.square(g).mul(0.1)), V, gradients);
    const updated = tree.map((p, m, v) => p.sub(m.mul(rate.ref).div(np.sqrt(v.mul(correction.ref)).add(1e-7))), P, refs(moments), refs(squares));
    return [value, updated, moments, squares];
  });
  return {
    async step() {
      updates += 1;
      const [value, ...state] = run(trained, first, second, np.array(1e-4 / (1 - 0.5 ** updates)), np.array(1 / (1 - 0.9 ** updates)), refs(others), refs(data)) as [JaxArray, Nets, Nets, Nets];
      [trained, first, second] = state;
      return (await value.data())[0];
    },
    gsum: async () => 2 * (await magnitudesOf(tree.leaves(first))),
  };
}

function lossOnly(jax: Jax, name: CaseName): Run {
  const { numpy: np } = jax;
  const data = Object.fromEntries(Object.entries(dataOf(name)).map(([key, { data, shape }]) => [key, np.array(data).reshape([...shape])]));
  const softplus = (x: JaxArray): JaxArray => np.maximum(x.ref, 0).add(np.log1p(np.exp(np.absolute(x).neg())));
  type Inputs = Record<string, JaxArray>;
  const [loss, inputs, constants]: readonly [(x: Inputs, fixed: Inputs) => JaxArray, () => Inputs, () => Inputs] =
    name === 'cyclel1'
      ? [(x, fixed) => np.absolute(x.r.sub(fixed.a)).mean().add(np.absolute(x.f.sub(fixed.b)).mean()).mul(0.5), () => ({ r: data.ra.ref, f: data.rb.ref }), () => ({ a: data.a.ref, b: data.b.ref })]
      : name === 'minimax'
        ? [(x) => softplus(x.r.neg()).mean().add(softplus(x.f).mean()), () => ({ r: data.real.ref, f: data.fake.ref }), () => ({})]
        : [(x) => np.maximum(x.r.neg().add(1), 0).mean().add(np.maximum(x.f.add(1), 0).mean()), () => ({ r: data.real.ref, f: data.fake.ref }), () => ({})];
  const run = jax.jit(jax.valueAndGrad(loss));
  let gradients: Inputs = {};
  return {
    async step() {
      for (const gradient of Object.values(gradients)) gradient.dispose();
      const [value, made] = run(inputs(), constants()) as [JaxArray, Inputs];
      gradients = made;
      return (await value.data())[0];
    },
    gsum: () => magnitudesOf(Object.values(gradients)),
  };
}
