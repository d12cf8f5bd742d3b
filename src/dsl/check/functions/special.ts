import type { DrawFunction } from '../../typed.ts';
import { dependsOn } from '../dependence.ts';
import { ERROR, tensorValue, type Value } from '../values.ts';
import { optional, required, type FunctionArgs, type FunctionCall, type FunctionSpec } from './spec.ts';

/** A draw or a piece of state belongs to one term; shared by name it would be shared by accident. */
function ownedByTerm(call: FunctionCall, build: () => Value): Value {
  if (call.inTerm) return build();
  call.report({
    code: 'GL3004',
    span: call.span,
    message: `'${call.name}' can only be called in the body of a term`,
    label: 'not inside a term',
    hint: "Random draws and state belong to the term that they are written in: move the call into a 'term'.",
  });
  return ERROR;
}

function hook(args: FunctionArgs, call: FunctionCall, name: string, keepsShape: boolean): Value {
  return ownedByTerm(call, () => tensorValue({ kind: 'hook', hook: name, operand: args.expr('x'), keepsShape, draw: call.nodes.nextDraw(), type: 'tensor', span: call.span }));
}

function outOfRange(args: FunctionArgs, call: FunctionCall, name: string, message: string): Value {
  call.reportValue(args.value(name), args.span(name), { code: 'GL3013', message, label: 'out of range' });
  return ERROR;
}

/** Numbers of x's shape, one for each element. */
function drawLike(distribution: DrawFunction, summary: string): FunctionSpec {
  return {
    formals: [required('x', 'batch')],
    summary,
    build: (args, call) => ownedByTerm(call, () => tensorValue({ kind: 'draw', distribution, like: args.expr('x'), draw: call.nodes.nextDraw(), type: 'tensor', span: call.span })),
  };
}

export const SPECIAL = {
  grad: {
    formals: [required('y', 'numeric'), required('x', 'numeric')],
    summary: 'the sum of y, differentiated by x; may be nested',
    build(args, call) {
      const [of, by] = [args.expr('y'), args.expr('x')];
      if (!dependsOn(of, by)) {
        const hint =
          by.kind === 'model' || by.kind === 'param' || by.kind === 'input'
            ? undefined
            : "Bind the variable with 'let' and use that name in both places: two calls are two values.";
        call.report({ code: 'GL3012', span: call.span, message: 'the value does not depend on the variable: its gradient is zero everywhere', label: 'zero everywhere', hint });
        return ERROR;
      }
      return tensorValue({ kind: 'grad', of, by, type: by.type, span: call.span });
    },
  },
  log_prob: {
    formals: [required('distribution', 'distributions'), required('x', 'values')],
    summary: 'the log-probability of x; of a list, that of each',
    build(args, call) {
      const [distribution, value] = [args.expr('distribution'), args.expr('x')];
      const type = distribution.type === 'distributions' ? 'list' : 'any';
      return tensorValue({ kind: 'log_prob', distribution, value, type, span: call.span });
    },
  },
  uniform_per_sample: {
    formals: [optional('x', 'batch')],
    summary: 'one number in [0, 1) for each sample of x (of fake, unless x is given), the same for all its elements',
    build: (args, call) =>
      ownedByTerm(call, () => {
        const like = args.has('x') ? args.expr('x') : call.nodes.model('fake', call.span);
        return tensorValue({ kind: 'draw', distribution: 'uniform_per_sample', like, draw: call.nodes.nextDraw(), type: 'tensor', span: call.span });
      }),
  },
  uniform_like: drawLike('uniform_like', 'numbers in [0, 1), one for each element of x'),
  normal_like: drawLike('normal_like', 'standard normal numbers of the shape of x'),
  ema: {
    formals: [required('x', 'mapped'), required('decay', 'scalar')],
    summary: 'an exponential moving average of x over the steps, starting at its first value',
    build: (args, call) =>
      ownedByTerm(call, () => {
        const decay = args.value('decay');
        if (decay.kind === 'number' && !(decay.value >= 0 && decay.value <= 1)) {
          return outOfRange(args, call, 'decay', `decay must lie between 0 and 1, not ${decay.value}`);
        }
        const operand = args.expr('x');
        const key = call.nodes.nextKey('ema');
        return tensorValue({ kind: 'ema', operand, decay: args.expr('decay'), key, type: operand.type, span: call.span });
      }),
  },
  running_mean: {
    formals: [required('x', 'mapped')],
    summary: 'the mean of x over the steps so far, this one included',
    build: (args, call) =>
      ownedByTerm(call, () => {
        const operand = args.expr('x');
        return tensorValue({ kind: 'running_mean', operand, key: call.nodes.nextKey('running_mean'), type: operand.type, span: call.span });
      }),
  },
  variables: {
    formals: [required('network', 'network')],
    summary: 'the trained variables of a network, as a list',
    build: (args, call) => tensorValue({ kind: 'weights', network: args.network('network'), which: 'all', type: 'list', span: call.span }),
  },
  kernels: {
    formals: [required('network', 'network')],
    summary: 'the trained variables of a network that have two axes or more, as a list: kernels of layers, no biases',
    build: (args, call) => tensorValue({ kind: 'weights', network: args.network('network'), which: 'kernels', type: 'list', span: call.span }),
  },
  spectral_norm: {
    formals: [required('w', 'values'), optional('iterations', 'number')],
    summary: 'the largest singular value of w as a matrix, its last axis for the columns; of a list, that of each. By power iteration, so many rounds a step (1), from where the step before ended',
    build: (args, call) =>
      ownedByTerm(call, () => {
        const iterations = args.has('iterations') ? args.number('iterations') : 1;
        if (!Number.isSafeInteger(iterations) || iterations < 1) return outOfRange(args, call, 'iterations', `iterations must be a whole number of at least 1, not ${iterations}`);
        const operand = args.expr('w');
        const type = operand.type === 'list' ? 'list' : 'scalar';
        return tensorValue({ kind: 'spectral_norm', operand, iterations, key: call.nodes.nextKey('spectral_norm'), type, span: call.span });
      }),
  },
  augment: {
    formals: [required('x', 'batch')],
    summary: "what the user's function `augment`, given as a hook, makes of x; of the shape of x",
    build: (args, call) => hook(args, call, 'augment', true),
  },
  hook: {
    formals: [required('name', 'string'), required('x', 'batch')],
    summary: "what the user's function of that name makes of x, a tensor of any shape",
    build: (args, call) => {
      const name = args.string('name');
      if (name !== '') return hook(args, call, name, false);
      call.reportValue(args.value('name'), args.span('name'), { code: 'GL3013', message: 'a hook has a name', label: 'empty' });
      return ERROR;
    },
  },
  pool: {
    formals: [required('x', 'batch'), required('size', 'number')],
    summary: 'x, sometimes replaced by a value of an earlier step (TF-GAN tensor_pool)',
    build: (args, call) =>
      ownedByTerm(call, () => {
        const size = args.number('size');
        if (!Number.isInteger(size) || size < 0) return outOfRange(args, call, 'size', `size must be a whole number of at least 0, not ${size}`);
        const operand = args.expr('x');
        return tensorValue({ kind: 'pooled', operand, size, key: call.nodes.nextKey('pool'), type: operand.type, span: call.span });
      }),
  },
} as const satisfies Record<string, FunctionSpec>;
