import { REDUCTIONS, type ExprType, type ReduceFunction, type Reduction, type TypedExpr } from '../../typed.ts';
import { constant } from '../nodes.ts';
import { didYouMean } from '../names.ts';
import { ERROR, tensorValue, type Value } from '../values.ts';
import { optional, required, type Accepted, type FunctionArgs, type FunctionCall, type FunctionSpec } from './spec.ts';

interface AggregateRow {
  readonly formal: string;
  readonly accepts: Accepted;
  readonly type: ExprType;
}

const OVER = {
  all: { formal: 'x', accepts: 'mapped', type: 'scalar' },
  axes: { formal: 'x', accepts: 'mapped_batch', type: 'tensor' },
  shape: { formal: 'x', accepts: 'mapped_batch', type: 'scalar' },
  list: { formal: 'list', accepts: 'list', type: 'tensor' },
} as const satisfies Record<string, AggregateRow>;

/** Sums and means over all elements, over some axes, or over each tensor of a list. */
function aggregate(fn: ReduceFunction, over: keyof typeof OVER, summary: string): FunctionSpec {
  const { formal, accepts, type } = OVER[over];
  return {
    formals: [required(formal, accepts)],
    summary,
    build(args, call) {
      const value = args.value(formal);
      if (value.kind === 'number') return value;
      if (value.kind !== 'tensor') return ERROR;
      return tensorValue({ kind: 'aggregate', fn, operand: value.expr, type: over !== 'list' && value.expr.type === 'list' ? 'list' : type, span: call.span });
    },
  };
}

/** The reduction that a call names, or the file's. Null after it was reported as unknown. */
function reductionOf(args: FunctionArgs, call: FunctionCall): Reduction | null {
  if (!args.has('reduction')) return call.reduction;
  const name = args.string('reduction');
  const known = REDUCTIONS.find((reduction) => reduction === name);
  if (known !== undefined) return known;
  const message = `unknown reduction '${name}'${didYouMean(name, REDUCTIONS)}`;
  call.reportValue(args.value('reduction'), args.span('reduction'), { code: 'GL2006', message, label: 'unknown', hint: `Reductions: ${REDUCTIONS.join(', ')}.` });
  return null;
}

function reduceNode(operand: TypedExpr, args: FunctionArgs, call: FunctionCall): Value {
  const reduction = reductionOf(args, call);
  if (reduction === null) return ERROR;
  const weights = args.has('weights') ? args.expr('weights') : constant(1, call.span);
  const type = reduction === 'none' ? 'tensor' : 'scalar';
  return tensorValue({ kind: 'reduce', operand, weights, reduction, type, span: call.span });
}

function crossEntropy(fn: 'sigmoid' | 'softmax', summary: string): FunctionSpec {
  return {
    formals: [
      required('labels', fn === 'softmax' ? 'batch' : 'numeric'),
      required('logits', 'batch'),
      optional('label_smoothing', 'number'),
      optional('weights', 'numeric'),
      optional('reduction', 'string'),
    ],
    summary,
    build(args, call) {
      const smoothing = args.has('label_smoothing') ? args.number('label_smoothing') : 0;
      if (!(smoothing >= 0 && smoothing <= 1)) {
        const message = `label_smoothing must lie between 0 and 1, not ${smoothing}`;
        call.reportValue(args.value('label_smoothing'), args.span('label_smoothing'), { code: 'GL3013', message, label: 'out of range' });
        return ERROR;
      }
      const [labels, logits] = [args.expr('labels'), args.expr('logits')];
      return reduceNode({ kind: 'cross_entropy', fn, labels, logits, smoothing, type: 'tensor', span: call.span }, args, call);
    },
  };
}

export const REDUCING = {
  reduce: {
    formals: [required('x', 'numeric'), optional('weights', 'numeric'), optional('reduction', 'string')],
    summary: "TF v1's compute_weighted_loss, with the file's reduction unless another is named",
    build: (args, call) => reduceNode(args.expr('x'), args, call),
  },
  mean: aggregate('mean', 'all', 'the mean of all elements'),
  sum: aggregate('sum', 'all', 'the sum of all elements'),
  sum_per_sample: aggregate('sum_per_sample', 'axes', 'the sum over all axes but the first'),
  mean_per_sample: aggregate('mean_per_sample', 'axes', 'the mean over all axes but the first'),
  sum_over_samples: aggregate('sum_over_samples', 'axes', 'the sum over the first axis, the samples'),
  mean_over_samples: aggregate('mean_over_samples', 'axes', 'the mean over the first axis, the samples'),
  pixels: aggregate('pixels', 'shape', 'how many places a sample has: the product of its axes but the last, the channels; 1 for vectors'),
  reduce_max: aggregate('reduce_max', 'all', 'the greatest of all elements'),
  max_per_sample: aggregate('max_per_sample', 'axes', 'the greatest over all axes but the first'),
  mean_of_each: aggregate('mean_of_each', 'list', 'a vector with the mean of each tensor of a list'),
  sum_of_each: aggregate('sum_of_each', 'list', 'a vector with the sum of each tensor of a list'),
  sigmoid_cross_entropy: crossEntropy('sigmoid', "TF's sigmoid cross entropy, reduced; smoothing moves a target t to t*(1 - s) + s/2"),
  softmax_cross_entropy: crossEntropy('softmax', "TF's softmax cross entropy, reduced; smoothing moves a target t to t*(1 - s) + s/classes"),
} as const satisfies Record<string, FunctionSpec>;
