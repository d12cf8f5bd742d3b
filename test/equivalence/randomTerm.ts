import type { Player } from '../../src/dsl/ast.ts';
import type { Model } from '../../src/dsl/typed.ts';
import type { Choices } from '../../src/ir/testing/choices.ts';
import type { Use } from './preludeUse.ts';

/**
 * What a value of a body is like: a scalar, one number a sample [N], the discriminator's output [N, 1], data [N, WIDTH], classes
 * [N, CLASSES]. A scalar goes with each, and the discriminator's output with data.
 */
type Shape = 'scalar' | 'vector' | 'logits' | 'data' | 'classes';

const apply = (name: string) => (x: string) => `${name}(${x})`;
type Call = (x: string) => string;

/** The names of a model, by the shapes that they take and give. */
interface Vocabulary {
  readonly data: readonly string[];
  /** Data by which a gradient can be taken. */
  readonly variables: readonly string[];
  /** What the model makes from a variable. */
  readonly made: Readonly<Record<string, readonly string[]>>;
  readonly judges: readonly Call[];
  readonly maps: readonly Call[];
  readonly classes: readonly Call[];
  readonly labels: readonly string[];
  readonly vectors: readonly Call[];
}

const NONE = { made: {}, maps: [], classes: [], labels: [], vectors: [] } as const;
const D = apply('D');

const VOCABULARIES: { readonly [M in Model]: readonly Vocabulary[] } = {
  gan: [{ ...NONE, made: { z: ['fake', 'G(z)'] }, data: ['fake', 'real', 'z', 'G(z)'], variables: ['real', 'fake', 'z'], judges: [D], maps: [apply('G'), apply('D.features')] }],
  acgan: [{ ...NONE, made: { z: ['fake', 'G(z)'] }, data: ['fake', 'real', 'z'], variables: ['real', 'fake', 'z'], judges: [D], maps: [apply('G')], classes: [apply('D.classes')], labels: ['labels'] }],
  infogan: [{ ...NONE, data: ['fake', 'real', 'G(z)'], variables: ['real', 'fake'], judges: [D], vectors: [(x) => `mean_of_each(log_prob(D.codes(${x}), codes))`] }],
  cyclegan: [
    { ...NONE, made: { z: ['fake'] }, data: ['fake', 'real', 'z'], variables: ['real', 'fake', 'z'], judges: [D] },
    { ...NONE, data: ['x', 'y', 'G(x)', 'F(y)'], variables: ['x', 'y'], judges: [apply('Dx'), apply('Dy')], maps: [apply('G'), apply('F')] },
  ],
  stargan: [{ ...NONE, made: { x: ['fake', 'reconstructed'] }, data: ['fake', 'real', 'x', 'reconstructed'], variables: ['real', 'fake', 'x'], judges: [D], classes: [apply('D.classes')], labels: ['label', 'target'] }],
};

const NUMBERS = ['0.5', '2', '1', '0', '-1', '3'];
/** Functions of one operand that carry a derivative. */
const UNARY: readonly Call[] = [
  (x) => `tanh(${x})`, (x) => `sigmoid(${x})`, (x) => `softplus(${x})`, (x) => `square(${x})`, (x) => `-${x}`, (x) => `(${x})^2`, (x) => `relu(${x})`, (x) => `abs(${x})`,
  (x) => `sqrt(square(${x}) + 0.5)`, (x) => `log(square(${x}) + 1)`, (x) => `log1p(square(${x}))`, (x) => `exp(tanh(${x}))`, (x) => `(square(${x}) + 0.5)^1.5`, (x) => `1/(1 + square(${x}))`, (x) => `0.5^tanh(${x})`,
];
/** Functions that carry none. */
const FLAT: readonly Call[] = [apply('stop_gradient'), apply('ones_like'), apply('zeros_like'), apply('sign')];

/** A term with a body made of tensors. */
export function createTermWriter(choices: Choices, model: Model, declared: Set<string>, name: string): { readonly text: string; readonly use: Use } {
  const words = choices.element(VOCABULARIES[model]);
  const members: string[] = [];
  const lets: { readonly name: string; readonly shape: Shape }[] = [];
  let bound = 0;

  const outer = (item: string) => {
    declared.add(item);
    return item;
  };
  const bind = (shape: Shape, value: string): string => {
    bound += 1;
    members.push(`  let v${bound} = ${value}\n`);
    lets.push({ name: `v${bound}`, shape });
    return `v${bound}`;
  };
  const known = (shape: Shape) => lets.filter((item) => item.shape === shape).map((item) => item.name);
  const pick = (options: readonly (() => string)[]): string => choices.element(options)();

  const LEAVES: { readonly [S in Shape]: () => readonly (() => string)[] } = {
    scalar: () => [() => choices.element(NUMBERS), () => `mean(${choices.element(words.judges)(choices.element(words.data))})`, () => 'a', () => outer('k'), () => `sum(${choices.element(words.data)})`],
    vector: () => [() => `sum_per_sample(${choices.element(words.data)})`, () => outer('w_vector'), ...words.vectors.map((make) => () => make(choices.element(words.data)))],
    logits: () => [() => choices.element(words.judges)(choices.element(words.data)), () => outer('w_logits'), () => `uniform_per_sample(${choices.element(words.data)})`],
    data: () => [() => choices.element(words.data), () => `lerp(${choices.element(words.data)}, ${choices.element(words.data)}, uniform_per_sample(${words.data[0]}))`, () => `normal_like(${words.data[1]})`, () => `augment(${choices.element(words.data)})`],
    classes: () => [() => choices.element(words.classes)(choices.element(words.data)), () => choices.element(words.labels)],
  };

  function leaf(shape: Shape): string {
    return pick([...LEAVES[shape](), ...known(shape).map((item) => () => item)]);
  }

  /** A shape that broadcasts to the given one. */
  const partner = (shape: Shape): Shape => choices.element<Shape>(shape === 'data' ? ['data', 'scalar', 'logits'] : [shape, 'scalar']);

  function expression(shape: Shape, depth: number): string {
    if (depth <= 0) return leaf(shape);
    const same = () => expression(shape, depth - 1);
    const other = () => expression(partner(shape), depth - 1);
    const combine: readonly (() => string)[] = [
      () => `${choices.element(UNARY)(`(${same()})`)}`,
      () => `(${same()} + ${other()})`,
      () => `(${same()} - ${other()})`,
      () => `(${other()})*(${same()})`,
      () => `(${same()})/(square(${other()}) + 1)`,
      () => `${choices.element(['max', 'min'])}(${same()}, ${other()})`,
      () => `(${condition(shape, depth - 1)} ? ${same()} : ${other()})`,
      () => `where(${condition(shape, depth - 1)}, ${other()}, ${same()})`,
      () => `clip(${same()}, -1, 1)`,
      () => `lerp(${same()}, ${same()}, ${other()})`,
      () => choices.element(FLAT)(same()),
      () => bind(shape, same()),
      () => `(flag ? ${same()} : ${same()})`,
      () => `absolute_difference(${same()}, ${other()})`,
    ];
    return pick([...combine, ...OWN[shape](depth), () => leaf(shape)]);
  }

  const OWN: { readonly [S in Shape]: (depth: number) => readonly (() => string)[] } = {
    scalar: (depth) => [
      () => `mean(sum_per_sample(square(${slope(depth)})))`,
      () => `mean(square(sqrt(sum_per_sample(square(${slope(depth)})) + 0.01) - 1))`,
      () => `mean(${expression(choices.element<Shape>(['logits', 'data', 'vector']), depth - 1)})`,
      () => `sum(${expression(choices.element<Shape>(['logits', 'data', 'vector']), depth - 1)})`,
      () => `reduce(${expression('logits', depth - 1)}, weights: ${choices.element(['2', outer('w_logits'), outer('w_scalar')])})`,
      () => `reduce(${expression('vector', depth - 1)}, weights: stop_gradient(${expression('vector', 0)}), reduction: "sum_over_batch_size")`,
      () => `sigmoid_cross_entropy(sigmoid(${expression('logits', 0)}), ${expression('logits', depth - 1)}, label_smoothing: 0.2)`,
      () => `reduce_max(${expression(choices.element<Shape>(['logits', 'data', 'vector']), depth - 1)})`,
      () => `mean(square(similarities(l2_normalize(${matrix(depth)}), ${matrix(depth)}))*identity_like(similarities(${matrix(0)}, ${matrix(0)})))`,
      () => `sum((descending_rank(${expression('logits', 0)}) < 2 ? 1 : 0.5)*${expression('logits', depth - 1)})`,
      () => `ema(${expression('scalar', depth - 1)}, decay: 0.9)`,
      () => `running_mean(${expression('scalar', depth - 1)})`,
      () => `sum(${choices.element(['sum_of_each', 'mean_of_each'])}(${list(depth)}))`,
      () => `grad(${dependent(outer('k'), 'scalar', depth - 1)}, k)`,
      ...(words.labels.includes('target') ? [() => `sum(square(grad(D(${choices.element(['fake', 'reconstructed'])}), ${choices.element(words.labels.slice(1))})))`] : []),
      ...(words.labels.length > 0 ? [() => `softmax_cross_entropy(${choices.element(words.labels)}, ${expression('classes', depth - 1)}, label_smoothing: 0.1)`] : []),
    ],
    vector: (depth) => [
      () => `${choices.element(['sum_per_sample', 'mean_per_sample', 'max_per_sample', 'log_sum_exp'])}(${expression(choices.element<Shape>(['data', 'logits']), depth - 1)})`,
      () => `log_sum_exp(${matrix(depth)}, weights: ${choices.element(['2', '0.5'])})`,
      () => `log_sum_exp(append(${matrix(depth)}, ${choices.element(['0', '1'])}))`,
    ],
    logits: (depth) => [() => choices.element(words.judges)(expression('data', depth - 1)), () => choices.element(words.judges)(expression('data', 0))],
    data: (depth) => [
      ...Array.from({ length: 6 }, () => () => slope(depth)),
      () => `ema(${expression('data', depth - 1)}, decay: 0.5)`,
      () => `pool(${expression('data', 0)}, size: 3)`,
      () => `augment(${expression('data', depth - 1)})`,
      ...words.maps.map((map) => () => map(expression('data', depth - 1))),
    ],
    classes: (depth) => [() => choices.element(words.classes)(expression('data', depth - 1))],
  };

  /** A list of tensors: weights of a discriminator, or data. */
  function list(depth: number): string {
    const network = choices.element(words.judges)('').slice(0, -'()'.length);
    const leaves: readonly (() => string)[] = [() => `variables(${network})`, () => `kernels(${network})`, () => `spectral_norm(kernels(${network}), iterations: 2)`, () => `mean_over_samples(list(${expression('data', depth - 1)}))`];
    if (depth <= 0) return pick(leaves);
    return pick([
      ...leaves,
      () => choices.element(UNARY)(`(${list(depth - 1)})`),
      () => `stop_gradient(${list(depth - 1)})`,
      () => `(${list(depth - 1)})*${expression('scalar', depth - 1)}`,
      () => `(${expression('scalar', 0)} - mean(${list(depth - 1)}))`,
      () => `squared_difference(variables(${network}), tanh(variables(${network})))`,
      () => `ema(${list(depth - 1)}, decay: 0.8)`,
    ]);
  }

  /** One vector a sample, as wide as every other one of its kind. */
  function matrix(depth: number): string {
    return `similarities(${expression('logits', depth - 1)}, ${expression('logits', 0)})`;
  }

  /** The gradient by data that the model gives, or by a value of its own. */
  function slope(depth: number): string {
    const by = choices.rarely(2) ? bind('data', expression('data', Math.min(1, depth - 1))) : choices.element(words.variables);
    // a let that is another name for a leaf, or a constant, is what it names
    return `grad(${dependent(by, 'data', Math.min(depth - 1, 2))}, ${by})`;
  }

  /** A value that varies with another, of any shape. */
  function dependent(by: string, shape: 'data' | 'scalar', depth: number): string {
    if (depth <= 0) {
      if (shape === 'scalar') return `${by}^2`;
      const made = words.made[by] ?? [];
      return choices.element([...words.judges, ...made.flatMap((value) => words.judges.map((judge) => () => judge(value))), (x: string) => `sum_per_sample(tanh(${x})*${x})`])(by);
    }
    const inner = () => dependent(by, shape, depth - 1);
    return pick([
      () => choices.element(UNARY)(`(${inner()})`),
      () => (shape === 'data' ? `mean(square(${by}))*mean(${inner()})` : `${by}*(${inner()})`),
      () => `mean(${inner()})`,
      () => `(${inner()} + ${expression('scalar', depth - 1)})`,
      () => `(${inner()})*${expression('scalar', depth - 1)}`,
      // a condition that may be known while compiling, and then not be false: the value must keep varying
      () => `(${condition('scalar', depth - 1)} || mean(${words.judges[0](words.data[0])}) > 0.1 ? ${inner()} : ${expression('scalar', 0)})`,
      ...(shape === 'data' ? [...Array.from({ length: 3 }, () => () => `square(grad(${inner()}, ${by}))`), () => choices.element(words.judges)(`tanh(${by})`), ...words.maps.map((map) => () => map(by))] : [() => `${by}*mean(${choices.element(words.judges)(choices.element(words.data))})`]),
    ]);
  }

  function condition(shape: Shape, depth: number): string {
    const compare = () => `(${expression(shape, Math.min(depth, 1))} ${choices.element(['>', '<=', '<', '>='])} ${expression(choices.element<Shape>([shape, 'scalar']), 0)})`;
    return pick([compare, () => `!${compare()}`, () => `(${compare()} && ${compare()})`, () => `(${compare()} || ${compare()})`]);
  }

  const players: readonly Player[] = choices.element<readonly Player[]>([['discriminator', 'generator'], ['discriminator'], ['generator']]);
  const depth = choices.between(1, 3);
  const clauses = players.map((player) => `  ${player} = ${anchored(words, expression('scalar', depth))}\n`);
  const args = choices.subset([`a: ${choices.element(['2', '0.3'])}`, 'flag: true']);
  return {
    text: `term ${name}(a = 1.5, flag = false) {\n${members.join('')}${clauses.join('')}}\n`,
    use: { text: args.length === 0 ? name : `${name}(${args.join(', ')})`, players, signed: true },
  };
}

/** A body of constants alone says nothing of the model that it is for. */
function anchored(words: Vocabulary, text: string): string {
  return `${text} + 0.1*mean(${words.judges[0](words.data[0])})`;
}
