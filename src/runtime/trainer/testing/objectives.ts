import type { Expression, LossFunction, Statement } from '../../../codegen/tfjs/program.ts';
import type { Callee } from '../../../codegen/tfjs/callees.ts';
import { createSource, type Span } from '../../../support/source.ts';
import type { ModelKind, PlayerName } from '../../models/model.ts';
import type { RunnableObjective, RunnableTerm } from '../../runnable.ts';

const SOURCE = createSource('<spec>', 'wasserstein + lambda*gp');
const ORIGIN: readonly Span[] = [{ source: SOURCE, start: 14, end: 23 }];

export const local = (name: string): Expression => ({ kind: 'local', name });
export const number = (value: number): Expression => ({ kind: 'literal', value });
export const text = (value: string): Expression => ({ kind: 'literal', value });
export const context = (name: 'random' | 'state'): Expression => ({ kind: 'context', name });
export const param = (name: string): Expression => ({ kind: 'param', name });
export const call = (callee: Callee, ...args: readonly Expression[]): Expression => ({ kind: 'call', callee, args, origin: ORIGIN });
export const net = (network: string, ...args: readonly Expression[]): Expression => ({ kind: 'network', network, outputs: 'single', args, origin: ORIGIN });
export const head = (network: string, name: string | null, ...args: readonly Expression[]): Expression => ({
  kind: 'head',
  head: name,
  object: { kind: 'network', network, outputs: 'all', args, origin: ORIGIN },
  origin: ORIGIN,
});
export const let_ = (name: string, value: Expression): Statement => ({ name, value, comment: null });

/** mean(D(fake)) − mean(D(real)) */
export const wassersteinD = (D: string, real: string, fake: string, z: string): Expression =>
  call('tf.sub', call('tf.mean', net(D, local(fake), local(z))), call('tf.mean', net(D, local(real), local(z))));
export const wassersteinG = (D: string, fake: string, z: string): Expression => call('tf.neg', call('tf.mean', net(D, local(fake), local(z))));

/** The statements of gp, which end in the local `gp`. */
export const gpStatements: readonly Statement[] = [
  let_('alpha', call('uniformPerSample', local('real'), context('random'), text('gp.alpha'))),
  let_('x', call('tf.add', local('real'), call('tf.mul', local('alpha'), call('tf.sub', local('fake'), local('real'))))),
  let_('slope', {
    kind: 'gradient',
    variable: 'x',
    at: local('x'),
    body: { statements: [], result: net('D', local('x'), local('z')) },
    origin: ORIGIN,
  }),
  let_('slopes', call('tf.sqrt', call('tf.add', call('sumPerSample', call('tf.square', local('slope'))), number(1e-10)))),
  let_('gp', call('tf.mean', call('tf.square', call('tf.sub', local('slopes'), number(1))))),
];

interface Side {
  readonly inputs: readonly string[];
  readonly statements?: readonly Statement[];
  /** Each term's value, which its weight multiplies. */
  readonly terms: Readonly<Record<string, Expression>>;
  /** Further outputs. */
  readonly outputs?: Readonly<Record<string, Expression>>;
  readonly loss?: Expression;
}

export interface ObjectiveParts {
  readonly model: ModelKind;
  readonly generator: Side;
  readonly discriminator: Side;
  readonly params?: Readonly<Record<string, number>>;
  /** Terms that a param weighs. */
  readonly weights?: Readonly<Record<string, string>>;
  readonly pool?: RunnableObjective['pool'];
  readonly inputs?: readonly string[];
}

/** A RunnableObjective as compile() would make it. */
export function createObjective({ model, generator, discriminator, params = {}, weights = {}, pool = null, inputs = [] }: ObjectiveParts): RunnableObjective {
  const weigh = (name: string, value: Expression) => (weights[name] === undefined ? value : call('tf.mul', param(weights[name]), value));
  const lossFunction = (player: PlayerName, { inputs: names, statements = [], terms, outputs = {}, loss }: Side): LossFunction => {
    const weighted = Object.entries(terms).map(([name, value]) => weigh(name, value));
    return {
      name: `${player}Loss`,
      doc: [],
      networks: [],
      inputs: names,
      context: [],
      statements,
      outputs: [
        { name: 'loss', value: loss ?? weighted.reduce((sum, value) => call('tf.add', sum, value)) },
        ...Object.entries(outputs).map(([name, value]) => ({ name, value })),
        ...Object.entries(terms).map(([name, value]) => ({ name: `term.${name}`, value })),
      ],
    };
  };
  const termsOf = (player: PlayerName, side: Side): readonly RunnableTerm[] =>
    Object.keys(side.terms).map((name) => ({ player, name, weight: (values) => (weights[name] === undefined ? 1 : values[weights[name]]), nonnegative: weights[name] !== undefined }));
  return {
    model,
    params,
    inputs,
    pool,
    program: { header: [], functions: [lossFunction('discriminator', discriminator), lossFunction('generator', generator)] },
    terms: [...termsOf('generator', generator), ...termsOf('discriminator', discriminator)],
    fingerprint: `${model}: ${JSON.stringify([generator, discriminator])}`,
  };
}

export const WGAN = createObjective({
  model: 'gan',
  generator: { inputs: ['fake', 'z'], terms: { wasserstein: wassersteinG('D', 'fake', 'z') } },
  discriminator: { inputs: ['real', 'fake', 'z'], terms: { wasserstein: wassersteinD('D', 'real', 'fake', 'z') } },
});

/** wasserstein + lambda*gp, lambda = 10 */
export function wganGp(pool: RunnableObjective['pool'] = null): RunnableObjective {
  return createObjective({
    model: 'gan',
    params: { lambda: 10 },
    weights: { gp: 'lambda' },
    pool,
    generator: { inputs: ['fake', 'z'], terms: { wasserstein: wassersteinG('D', 'fake', 'z') } },
    discriminator: { inputs: ['real', 'fake', 'z'], statements: gpStatements, terms: { wasserstein: wassersteinD('D', 'real', 'fake', 'z'), gp: local('gp') } },
  });
}

const softmax = (labels: string, logits: Expression) => call('tf.mean', call('softmaxCrossEntropy', local(labels), logits));

/** wasserstein + acgan */
export const ACGAN = createObjective({
  model: 'acgan',
  generator: {
    inputs: ['fake', 'z', 'labels'],
    terms: { wasserstein: call('tf.neg', call('tf.mean', head('D', null, local('fake'), local('z')))), acgan: softmax('labels', head('D', 'classes', local('fake'), local('z'))) },
  },
  discriminator: {
    inputs: ['real', 'fake', 'z', 'labels'],
    terms: {
      wasserstein: call('tf.sub', call('tf.mean', head('D', null, local('fake'), local('z'))), call('tf.mean', head('D', null, local('real'), local('z')))),
      acgan: softmax('labels', head('D', 'classes', local('real'), local('z'))),
    },
  },
});

const mi = call('tf.neg', call('tf.mean', call('meanOfEach', call('logProb', head('D', 'codes', local('fake'), local('z')), local('codes')))));

/** wasserstein + mi */
export const INFOGAN = createObjective({
  model: 'infogan',
  generator: { inputs: ['fake', 'z', 'codes'], terms: { wasserstein: call('tf.neg', call('tf.mean', head('D', null, local('fake'), local('z')))), mi } },
  discriminator: {
    inputs: ['real', 'fake', 'z', 'codes'],
    terms: { wasserstein: call('tf.sub', call('tf.mean', head('D', null, local('fake'), local('z'))), call('tf.mean', head('D', null, local('real'), local('z')))), mi },
  },
});

const l1 = (a: Expression, b: Expression) => call('tf.mean', call('tf.abs', call('tf.sub', a, b)));

/** wasserstein + cycle, with a pool or without */
export function cycleGan(pool: RunnableObjective['pool'] = null): RunnableObjective {
  const [x, y] = pool === null ? ['x', 'y'] : ['pooled_x', 'pooled_y'];
  const discriminators = { 'x2y.wasserstein': wassersteinD('Dy', 'y', 'fake_y', x), 'y2x.wasserstein': wassersteinD('Dx', 'x', 'fake_x', y) };
  const generators = { 'x2y.wasserstein': wassersteinG('Dy', 'fake_y', 'x'), 'y2x.wasserstein': wassersteinG('Dx', 'fake_x', 'y') };
  return createObjective({
    model: 'cyclegan',
    pool,
    generator: {
      inputs: ['x', 'y', 'fake_y', 'fake_x'],
      statements: [let_('cycle', call('tf.div', call('tf.add', l1(local('x'), net('F', local('fake_y'))), l1(local('y'), net('G', local('fake_x')))), number(2)))],
      terms: { ...generators, cycle: local('cycle') },
      outputs: { 'loss.x2y': call('tf.add', generators['x2y.wasserstein'], local('cycle')), 'loss.y2x': call('tf.add', generators['y2x.wasserstein'], local('cycle')) },
    },
    discriminator: {
      inputs: ['x', 'y', 'fake_y', 'fake_x', x, y],
      terms: discriminators,
      outputs: { 'loss.x2y': discriminators['x2y.wasserstein'], 'loss.y2x': discriminators['y2x.wasserstein'] },
    },
  });
}

/** wasserstein + reconstruction + classification */
export const STARGAN = createObjective({
  model: 'stargan',
  generator: {
    inputs: ['x', 'fake', 'label', 'target', 'domains'],
    terms: {
      wasserstein: call('tf.neg', call('tf.mean', head('D', null, local('fake'), local('domains')))),
      reconstruction: l1(local('x'), net('G', local('fake'), local('label'))),
      classification: softmax('target', head('D', 'classes', local('fake'), local('domains'))),
    },
  },
  discriminator: {
    inputs: ['x', 'fake', 'label', 'domains'],
    terms: {
      wasserstein: call('tf.sub', call('tf.mean', head('D', null, local('fake'), local('domains'))), call('tf.mean', head('D', null, local('x'), local('domains')))),
      classification: softmax('label', head('D', 'classes', local('x'), local('domains'))),
    },
  },
});
