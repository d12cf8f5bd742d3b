import type { PlayerName } from '../models/model.ts';
import { helperText, type Helper } from './helperText.ts';
import type { Fill, PartPlan, Place, StepPlan, UpdatePlan, VariantPlan } from './stepPlan.ts';

const PAGE = 65536;

/** A step as the source of an ES module that needs nothing else. The same plan gives the same text. */
export function writeModule(plan: StepPlan): string {
  const helpers = helpersOf(plan);
  return `${[
    head(plan),
    `/** The tensors of a batch, row-major, by shape. */\nexport const batchShapes = ${batchShapes(plan)};`,
    `/** The weights of each network, in its own order, by shape. */\nexport const weightShapes = ${weightShapes(plan)};`,
    init(plan),
    ...helperText(helpers),
    code(plan),
    `/** What the memory holds at first: weights, optimisers' slots, constants. Byte offset and base64. */\nconst DATA = [\n${plan.memory.data.map(({ offset, bytes }) => `  [${offset}, '${base64(bytes)}'],`).join('\n')}\n];`,
  ].join('\n\n')}\n`;
}

function head({ source: { name, objective, model, version }, batchSize, code: { target } }: StepPlan): string {
  return `// ${name}, compiled by ganloss ${version} into a training step of its own (model ${model}, batch ${batchSize}, target ${target})\n${objective
    .split('\n')
    .map((line) => `//   ${line}`)
    .join('\n')}`;
}

function helpersOf({ updates }: StepPlan): readonly Helper[] {
  const fills = updates.flatMap(({ variants }) => variants.flatMap((variant) => variant.fills));
  const draws = fills.flatMap((fill): readonly Helper[] => {
    if (fill.kind === 'batch') return ['put', ...(fill.drawn === null ? [] : [fill.drawn])];
    if (fill.kind === 'uniform') return ['uniforms'];
    if (fill.kind === 'normal') return ['normals'];
    return fill.kind === 'schedule' ? ['schedule'] : [];
  });
  return ['bytes', ...draws];
}

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
const keyed = (entries: readonly (readonly [string, string])[]): string => `{ ${entries.map(([key, value]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${value}`).join(', ')} }`;
const list = (values: readonly (string | number)[]): string => `[${values.join(', ')}]`;

function batchShapes({ batch }: StepPlan): string {
  return keyed(batch.map(({ path, to }) => [path, list(to.shape)]));
}

function weightShapes({ networks }: StepPlan): string {
  return keyed(networks.map(({ name, weights }) => [name, list(weights.map(({ shape }) => list(shape)))]));
}

/** A view of a tensor's place. */
function view({ offset, shape, dtype }: Place): string {
  const start = offset / 4;
  return `${dtype === 'float32' ? 'f' : 'i'}.subarray(${start}, ${start + sizeOf(shape)})`;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function init(plan: StepPlan): string {
  const { memory, networks, code: { target }, order, updates, lasting, seed, params } = plan;
  const pages = Math.ceil(memory.bytes / PAGE);
  const several = order.length > 1;
  const hasStates = updates.some(({ variants }) => variants.some(({ present }) => present.length > 0));
  const lastingViews = lasting.map(({ offset, bytes }) => `f.subarray(${offset / 4}, ${(offset + bytes) / 4})`);
  return `/**
 * Makes a step that is ready to run.
 * @param options weights: by network, as weights() gives them; state: as state() gives it, to go on from there; seed: of all draws;
 *   params: in place of their defaults
 */
export async function init({ weights, state, seed = ${seed}, params = {} } = {}) {
${
  target === 'wasm'
    ? `  const memory = new WebAssembly.Memory({ initial: ${pages} });
  const { instance } = await WebAssembly.instantiate(bytes(CODE), { env: { memory } });
  const run = instance.exports;
  const { buffer } = memory;`
    : `  const buffer = new ArrayBuffer(${pages * PAGE});
  const run = instantiate(buffer);`
}
  const f = new Float32Array(buffer);
  const i = new Int32Array(buffer);
  for (const [offset, text] of DATA) new Uint8Array(buffer).set(bytes(text), offset);
  const places = {
${networks.map(({ name, weights }) => `    ${/^\w+$/.test(name) ? name : quoted(name)}: [${weights.map(view).join(', ')}],`).join('\n')}
  };
  for (const [name, list] of Object.entries(weights ?? {})) {
    if (places[name] === undefined) throw new TypeError(\`there is no network '\${name}': there are \${Object.keys(places).join(', ')}\`);
    if (list.length !== places[name].length) throw new RangeError(\`'\${name}' has \${places[name].length} weights, not \${list.length}\`);
    list.forEach((weight, index) => {
      const { data = weight } = weight;
      if (data.length !== places[name][index].length) throw new RangeError(\`weight \${index} of '\${name}' has \${places[name][index].length} numbers, not \${data.length}\`);
      places[name][index].set(data);
    });
  }
  const values = { ${Object.entries(params).map(([name, value]) => `${name}: ${value}`).join(', ')} };
  const setParam = (name, value) => {
    if (!(name in values)) throw new RangeError(\`there is no param '\${name}'\`);
    values[name] = value;
  };
  for (const name in params) setParam(name, params[name]);
  const lasting = [${lastingViews.join(', ')}];
  let done = 0;${hasStates ? '\n  let present = [];' : ''}
  if (state !== undefined) {
    lasting.forEach((part, index) => part.set(state.memory[index]));
    ({ seed, step: done } = state);${hasStates ? '\n    present = state.present;' : ''}
    Object.assign(values, state.params);
  }
${several ? '  const before = lasting.map((part) => part.slice());\n' : ''}
${updates.map((update) => updateText(update, plan, hasStates)).join('\n\n')}

  return {
    /** How many steps are done. */
    get stepCount() {
      return done;
    },
    /** One step on a batch, or on what a function makes for each update. A step that fails changes nothing. */
    step(source) {
      const reports = { generator: {}, discriminator: {} };
${stepBody(plan, several, hasStates)
  .map((line) => `      ${line}`)
  .join('\n')}
      return metricsOf(done, reports);
    },
    /** Copies of all weights, by network, in the network's order. */
    weights() {
      return Object.fromEntries(Object.entries(places).map(([name, list]) => [name, list.map((data, index) => ({ shape: weightShapes[name][index], data: data.slice() }))]));
    },
    /** All that training depends on. */
    state: () => ({ step: done, seed, params: { ...values }, memory: lasting.map((part) => part.slice())${hasStates ? ', present' : ''} }),
    setParam,
  };
}

function metricsOf(step, { generator, discriminator }) {
  const metrics = { step, generatorLoss: generator.loss ?? NaN, discriminatorLoss: discriminator.loss ?? NaN, directions: {}, terms: {} };
  for (const [player, report] of [['generator', generator], ['discriminator', discriminator]]) {
    for (const [label, value] of Object.entries(report)) {
      const [, group, name] = /^(loss|term)\\.(.*)$/.exec(label) ?? [];
      if (group !== undefined) (metrics[group === 'loss' ? 'directions' : 'terms'][name] ??= {})[player] = value;
    }
  }
  return metrics;
}`;
}

function stepBody({ order, updates }: StepPlan, several: boolean, hasStates: boolean): readonly string[] {
  const calls = order.map((place, update) => `${functionName(updates[place])}(typeof source === 'function' ? source() : source, ${update}, done + 1, reports);`);
  const run = [...calls, 'done += 1;'];
  // a single update changes nothing before everything is known to be finite
  if (!several) return run;
  return ['before.forEach((copy, index) => copy.set(lasting[index]));', ...(hasStates ? ['const presentBefore = present;'] : []), 'try {', ...run.map((line) => `  ${line}`), '} catch (error) {', '  lasting.forEach((part, index) => part.set(before[index]));', ...(hasStates ? ['  present = presentBefore;'] : []), '  throw error;', '}'];
}

function functionName({ players }: UpdatePlan): string {
  return `update${players.map((player) => player[0].toUpperCase() + player.slice(1)).join('And')}`;
}

function updateText(update: UpdatePlan, plan: StepPlan, hasStates: boolean): string {
  const { variants, players } = update;
  const body = variants.map((variant) => variantText(variant, hasStates));
  const lines = variants.length === 1 ? body[0] : variants.flatMap((variant, place) => [`${place === 0 ? '' : '} else '}if (${condition(variant, plan)}) {`, ...body[place].map((line) => `  ${line}`), ...(place === variants.length - 1 ? ['}'] : [])]);
  return [`  /** An update of the ${players.join(' and the ')}: losses and gradients, and then, where all are finite, the optimiser. */`, `  function ${functionName(update)}(batch, update, step, reports) {`, ...lines.map((line) => `    ${line}`), '  }'].join('\n');
}

function condition({ awake, present }: VariantPlan, { intervals, updates }: StepPlan): string {
  const states = updates.some(({ variants }) => variants.some((variant) => variant.present.length > 0));
  const parts = [
    ...intervals.map((interval, index) => `(step - 1) % ${interval} ${awake[index] ? '===' : '!=='} 0`),
    ...(states ? [`present.join() === ${quoted(present.join())}`] : []),
  ];
  return parts.length === 0 ? 'true' : parts.join(' && ');
}

function variantText({ fills, evaluate, parts }: VariantPlan, hasStates: boolean): readonly string[] {
  return [...fills.map(fillText), `run[${quoted(evaluate)}]();`, ...parts.flatMap((part) => checkText(part)), ...parts.flatMap((part) => applyText(part, hasStates))];
}

function fillText(fill: Fill): string {
  const to = view(fill.to);
  switch (fill.kind) {
    case 'batch': {
      const [name, index] = fill.path.split('/');
      const value = index === undefined ? `batch.${name}` : `batch.${name}?.[${index}]`;
      const put = `put(${quoted(fill.path)}, ${value}, ${to}, ${list(fill.to.shape)});`;
      if (fill.drawn === null) return put;
      const draw = fill.drawn === 'normals' ? `normals(${to}, seed, \`samples/\${update}/z\`, step);` : `classes(${to}, ${fill.to.shape[1]}, seed, \`samples/\${update}/target\`, step);`;
      return `if (${value} === undefined) ${draw}\nelse ${put}`.replace('\n', '\n    ');
    }
    case 'uniform':
    case 'normal':
      return `${fill.kind}s(${to}, seed, \`${fill.stream}/\${update}/${fill.draw}\`, step);`;
    case 'param':
      return `f[${fill.to.offset / 4}] = values.${fill.name};`;
    case 'schedule':
      return `f[${fill.to.offset / 4}] = schedule(${quoted(fill.schedule.fn)}, ${list(fill.schedule.args)}, step - 1);`;
    default:
      return fill satisfies never;
  }
}

function checkText({ player, check, reports }: PartPlan): readonly string[] {
  return [
    `reports.${player} = ${keyed(reports.map(({ label, offset }) => [label, `f[${offset / 4}]`]))};`,
    `run[${quoted(check.program)}]();`,
    `if (f[${check.offset / 4}] !== 1) throw new Error(\`the ${player}'s loss or gradient is not finite in step \${step}: \${JSON.stringify(reports.${player})}\`);`,
  ];
}

function applyText({ copies, apply }: PartPlan, hasStates: boolean): readonly string[] {
  const states = copies.flatMap(({ state }) => (state === null ? [] : [state]));
  return [
    ...copies.map(({ from, to, bytes }) => `i.copyWithin(${to / 4}, ${from / 4}, ${(from + bytes) / 4});`),
    ...(hasStates && states.length > 0 ? [`present = [...new Set([...present, ${states.map(quoted).join(', ')}])].sort();`] : []),
    `run[${quoted(apply)}]();`,
  ];
}

function code(plan: StepPlan): string {
  if (plan.code.target === 'wasm') return `/** The step's WebAssembly, as base64. */\nconst CODE =\n  '${base64(plan.code.bytes)}';`;
  return plan.code.source.replace(/^export function instantiate\b/m, 'function instantiate').trim();
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let index = 0; index < bytes.length; index += 3) {
    const word = (bytes[index] << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    const left = Math.min(3, bytes.length - index);
    parts.push([18, 12, 6, 0].map((shift, place) => (place <= left ? DIGITS[(word >> shift) & 63] : '=')).join(''));
  }
  return parts.join('');
}

/** The types of the module, for TypeScript. */
export function writeTypes(plan: StepPlan): string {
  const { batch, networks, params, source } = plan;
  const names = [...new Set(batch.map(({ path }) => path.split('/')[0]))];
  const field = (name: string): string => {
    const entries = batch.filter(({ path }) => path.split('/')[0] === name);
    const optional = entries.every(({ drawn }) => drawn !== null);
    const doc = entries.map(({ to }) => `[${to.shape.join(', ')}]`).join(', ');
    return `  /** ${doc}${optional ? '; drawn where it is left out' : ''} */\n  readonly ${name}${optional ? '?' : ''}: ${entries[0].path.includes('/') ? 'readonly ArrayLike<number>[]' : 'ArrayLike<number>'};`;
  };
  const players: readonly PlayerName[] = ['generator', 'discriminator'];
  const byPlayer = `{ ${players.map((player) => `readonly ${player}?: number`).join('; ')} }`;
  const network = networks.map(({ name }) => quoted(name)).join(' | ');
  const param = Object.keys(params).map(quoted).join(' | ') || 'never';
  return `// Types of a training step that ganloss ${source.version} compiled of ${source.name}.
export type NetworkName = ${network};
export type ParamName = ${param};

/** Numbers of each tensor, row-major. */
export interface Batch {
${names.map(field).join('\n')}
}

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export type Weights = Readonly<Record<NetworkName, readonly Weight[]>>;

/** All that training depends on: a step made of it goes on bit for bit. */
export interface State {
  readonly step: number;
  readonly seed: number;
  readonly params: Readonly<Record<ParamName, number>>;
  readonly memory: readonly Float32Array[];
  readonly present?: readonly string[];
}

/** What a step reports: losses and terms before the updates, terms before their weights; NaN for a player without an update. */
export interface Metrics {
  readonly step: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  readonly directions: Readonly<Record<string, ${byPlayer}>>;
  readonly terms: Readonly<Record<string, ${byPlayer}>>;
}

export interface TrainingStep {
  readonly stepCount: number;
  /** Throws, and changes nothing, where a loss or gradient is not finite. */
  step(batch: Batch | (() => Batch)): Metrics;
  weights(): Weights;
  state(): State;
  setParam(name: ParamName, value: number): void;
}

export interface InitOptions {
  readonly weights?: Readonly<Partial<Record<NetworkName, readonly (ArrayLike<number> | Weight)[]>>>;
  readonly state?: State;
  readonly seed?: number;
  readonly params?: Readonly<Partial<Record<ParamName, number>>>;
}

export declare const batchShapes: Readonly<Record<string, readonly number[]>>;
export declare const weightShapes: Readonly<Record<NetworkName, readonly (readonly number[])[]>>;
export declare function init(options?: InitOptions): Promise<TrainingStep>;
`;
}
