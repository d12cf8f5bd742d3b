import { MODEL_NAMES, MODELS, NETWORK_NAMES, type Model, type ModelName, type NetworkName, type TypedExpr } from '../typed.ts';
import { nodesOf } from '../childrenOf.ts';

const ALL: readonly Model[] = MODELS;

/** The models that bind each name (§2.3 of the language: the names inside a term). */
const NAME_MODELS: { readonly [N in ModelName | NetworkName]: readonly Model[] } = {
  real: ALL,
  fake: ALL,
  z: ['gan', 'infogan', 'acgan', 'cyclegan'],
  labels: ['acgan'],
  codes: ['infogan'],
  x: ['cyclegan', 'stargan'],
  y: ['cyclegan'],
  label: ['stargan'],
  target: ['stargan'],
  reconstructed: ['stargan'],
  D: ALL,
  G: ['gan', 'infogan', 'acgan', 'cyclegan'],
  F: ['cyclegan'],
  Dx: ['cyclegan'],
  Dy: ['cyclegan'],
};

/** Heads of the discriminator that a model gives a meaning; any other head exists wherever the network has it. */
const HEAD_MODELS: Readonly<Record<string, readonly Model[]>> = {
  classes: ['acgan', 'stargan'],
  codes: ['infogan'],
};

/** In a cyclegan: names that mean this direction's, and names that mean the whole model's. */
const DIRECTION_NAMES: ReadonlySet<string> = new Set(['real', 'fake', 'z', 'D']);
const CYCLE_NAMES: ReadonlySet<string> = new Set(['x', 'y', 'G', 'F', 'Dx', 'Dy']);

export const isModelName = (name: string): name is ModelName => MODEL_NAMES.some((known) => known === name);
export const isNetworkName = (name: string): name is NetworkName => NETWORK_NAMES.some((known) => known === name);

/** Names that every model, or nearly every one, binds: a term's own names may not hide them. */
export const isReservedInTerms = (name: string): boolean => DIRECTION_NAMES.has(name) || name === 'G';

/** The models that bind a name, as the messages list them. */
export function modelsOfName(name: ModelName | NetworkName): readonly Model[] {
  return NAME_MODELS[name];
}

/** A name that a term's clauses use, and the models that know it. */
export interface NameUse {
  /** As written: `labels`, `D.classes`. */
  readonly name: string;
  readonly node: TypedExpr;
  readonly models: readonly Model[];
}

/** The names of the model that clauses use, each once, in the order of the text. */
export function nameUses(clauses: readonly TypedExpr[]): readonly NameUse[] {
  const uses: NameUse[] = [];
  for (const node of nodesOf(clauses)) {
    if (node.kind === 'model') uses.push({ name: node.name, node, models: NAME_MODELS[node.name] });
    if (node.kind === 'weights') uses.push({ name: node.network, node, models: node.network === 'G' ? [...NAME_MODELS.G, 'stargan'] : NAME_MODELS[node.network] });
    if (node.kind === 'network') {
      const { network, head } = node;
      const models = head === null ? ALL : (HEAD_MODELS[head] ?? ALL);
      const both = NAME_MODELS[network].filter((model) => models.includes(model));
      uses.push({ name: head === null ? network : `${network}.${head}`, node, models: both });
    }
  }
  return uses.sort((a, b) => a.node.span.start - b.node.span.start);
}

const networkOf = (use: NameUse): string => use.name.split('.')[0]!;

/** The uses that make a term one of each direction, or of the whole cyclegan. */
export const directionUse = (uses: readonly NameUse[]): NameUse | undefined => uses.find((use) => DIRECTION_NAMES.has(networkOf(use)));
export const cycleUse = (uses: readonly NameUse[]): NameUse | undefined => uses.find((use) => CYCLE_NAMES.has(networkOf(use)));

/** The models in which all the names have a meaning together, in the order of MODELS. */
export function modelsOf(uses: readonly NameUse[]): readonly Model[] {
  const mixed = directionUse(uses) !== undefined && cycleUse(uses) !== undefined;
  return MODELS.filter((model) => uses.every((use) => use.models.includes(model)) && !(mixed && model === 'cyclegan'));
}

/** "acgan", "acgan and stargan", "cyclegan, stargan and gan". */
export function listModels(models: readonly string[]): string {
  if (models.length <= 1) return models.join('');
  return `${models.slice(0, -1).join(', ')} and ${models.at(-1)}`;
}
