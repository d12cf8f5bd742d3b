import type { ValueId } from '../../../ir/graph.ts';
import type { GraphWriter } from '../graphWriter.ts';
import { unary } from './elementwise.ts';
import type { KernelCall, KernelRule } from './rule.ts';

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

/** As the tape's rule: where the slope falls below this, TensorFlow's tanh is flat. */
const SATURATED_TANH_SLOPE = 4.8e-7;

/** Where x is above 0; not at NaN. */
function isPositive(write: GraphWriter, x: ValueId): ValueId {
  return write.compare('GT', x, write.number(0));
}

/** eˣ for x ≤ 0 and 1 above; never overflows. */
function expOfNegativePart(write: GraphWriter, x: ValueId): ValueId {
  return write.unary('exponential', write.binary('minimum', x, write.number(0)));
}

/** max(x, 0), flat at 0 and at NaN. */
function relu(x: ValueId, write: GraphWriter): ValueId {
  return write.custom(write.binary('maximum', x, write.number(0)), (cotangent) => [
    [x, write.binary('multiply', cotangent, write.convert(isPositive(write, x), 'f32'))],
  ]);
}

/** min(max(x, 0), 6), flat at 0 and 6. */
function relu6(x: ValueId, write: GraphWriter): ValueId {
  const value = write.binary('minimum', write.binary('maximum', x, write.number(0)), write.number(6));
  return write.custom(value, (cotangent) => {
    const inside = write.binary('and', isPositive(write, x), write.compare('LT', x, write.number(6)));
    return [[x, write.binary('multiply', cotangent, write.convert(inside, 'f32'))]];
  });
}

/** x times 1 above 0, times alpha elsewhere: with the mask its own derivative. `alpha` may broadcast. */
function leaky(x: ValueId, alpha: ValueId, write: GraphWriter): ValueId {
  return write.binary('multiply', x, write.select(isPositive(write, x), write.number(1), alpha));
}

/** x, and eˣ − 1 below 0: smooth at 0 but for its second derivative, which is taken from below. */
function elu(x: ValueId, write: GraphWriter): ValueId {
  const value = write.select(write.compare('GE', x, write.number(0)), x, write.unary('exponential_minus_one', x));
  return write.custom(value, (cotangent) => [[x, write.binary('multiply', cotangent, expOfNegativePart(write, x))]]);
}

function selu(x: ValueId, write: GraphWriter): ValueId {
  const below = write.binary('multiply', write.unary('exponential_minus_one', x), write.number(SELU_SCALE_ALPHA));
  const value = write.select(write.compare('GE', x, write.number(0)), write.binary('multiply', x, write.number(SELU_SCALE)), below);
  return write.custom(value, (cotangent) => {
    const curve = write.binary('multiply', expOfNegativePart(write, x), write.number(SELU_SCALE_ALPHA));
    return [[x, write.binary('multiply', cotangent, write.select(isPositive(write, x), write.number(SELU_SCALE), curve))]];
  });
}

/** Its derivative 1 − y² counts as 0 where TensorFlow's does. */
function tanh(x: ValueId, write: GraphWriter): ValueId {
  const y = write.unary('tanh', x);
  return write.custom(y, (cotangent) => {
    const slope = write.binary('subtract', write.number(1), write.binary('multiply', y, y));
    const steep = write.convert(write.compare('GT', slope, write.number(SATURATED_TANH_SLOPE)), 'f32');
    return [[x, write.binary('multiply', cotangent, write.binary('multiply', slope, steep))]];
  });
}

/** eˣ/Σeˣ along an axis; its gradient (g − Σ g·y)·y reads nothing but the result. */
function softmax(x: ValueId, axis: number, write: GraphWriter): ValueId {
  const greatest = write.reduce('maximum', x, [axis], true);
  const powers = write.unary('exponential', write.binary('subtract', x, greatest));
  const y = write.binary('divide', powers, write.reduce('add', powers, [axis], true));
  return write.custom(y, (cotangent) => {
    const weighted = write.binary('multiply', cotangent, y);
    return [[x, write.binary('subtract', weighted, write.binary('multiply', write.reduce('add', weighted, [axis], true), y))]];
  });
}

/** What a fused kernel does to its result. */
export function activated(call: KernelCall, x: ValueId): ValueId {
  const { write, attributes, refuse } = call;
  switch (attributes.activation ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return relu(x, write);
    case 'relu6':
      return relu6(x, write);
    case 'elu':
      return elu(x, write);
    case 'sigmoid':
      return write.unary('logistic', x);
    case 'leakyrelu':
      return leaky(x, write.number(Number(attributes.leakyreluAlpha ?? 0)), write);
    case 'prelu':
      return leaky(x, call.input('preluActivationWeights'), write);
    default:
      return refuse(`the kernel '${call.kernelName}' has the activation '${String(attributes.activation)}', which is not known here`);
  }
}

/** Activations, with the slopes at kinks, ties and NaN that TensorFlow gives them. */
export const activationKernels = {
  Relu: ({ write, input }) => {
    const x = input('x');
    return write.dtype(x) === 'f32' ? relu(x, write) : write.binary('maximum', write.convert(x, 'i32'), write.number(0, 'i32'));
  },
  Relu6: unary(relu6),
  LeakyRelu: unary((x, write, { attributes }) => leaky(x, write.number(Number(attributes.alpha)), write)),
  Prelu: ({ write, input }) => leaky(write.convert(input('x'), 'f32'), write.convert(input('alpha'), 'f32'), write),
  Elu: unary(elu),
  Selu: unary(selu),
  Sigmoid: unary((x, write) => write.unary('logistic', x)),
  Softplus: unary((x, write) => write.unary('softplus', x)),
  Tanh: unary(tanh),
  Softmax: ({ write, input, attributes }) => {
    const logits = write.convert(input('logits'), 'f32');
    const dim = Number(attributes.dim ?? -1);
    return softmax(logits, dim < 0 ? dim + write.shape(logits).length : dim, write);
  },
} satisfies Readonly<Record<string, KernelRule>>;
