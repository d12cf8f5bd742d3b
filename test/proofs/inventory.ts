import { SHORTCUTS } from '../../src/codegen/tfjs/instructions.ts';
import { SCALAR_ULPS } from '../../src/codegen/testing/scalarGuarantees.ts';
import { ALL_RULES } from '../../src/passes/rules/allRules.ts';
import { DECOMPOSITIONS } from '../../src/passes/decompose.ts';
import { FOLDABLE } from '../../src/passes/foldConstants.ts';
import { COMMUTATIVE } from '../../src/passes/mergeCommon.ts';
import { MARKS } from '../../src/passes/releaseMarks.ts';
import { SPECIALIZATIONS } from '../../src/passes/specialize.ts';
import { VJP_TABLE } from '../../src/passes/vjp/vjpTable.ts';
import { MERGES } from '../../src/schedule/mergeKernels.ts';
import { DIMENSION_RULES, GUARD_RULES } from '../../src/schedule/simplifyLoops.ts';
import type { ScalarOp } from '../../src/schedule/types.ts';
import { VIEWS } from '../../src/schedule/values.ts';
import { OPTIMIZERS } from '../../src/step/optimizers.ts';
import { each, type Guarantee, type Rule, type Stage } from './proof.ts';

const keys = (table: object): readonly string[] => Object.keys(table);

/** The rules of `simplify`, one line for those of the same name on several ops. */
function simplifications(): readonly Rule[] {
  const groups = new Map<string, (typeof ALL_RULES)[number][]>();
  for (const rule of ALL_RULES) groups.set(rule.name, [...(groups.get(rule.name) ?? []), rule]);
  return [...groups].map(([name, rules]): Rule => {
    const [{ requires, upTo, assumes, op }] = rules;
    const reserve = [...(upTo === undefined ? [] : [`up to ${upTo}`]), ...(assumes === undefined ? [] : [`assumes that ${assumes}`])].join('; ');
    return {
      rule: `${rules.length > 3 ? 'elementwise' : [...new Set(rules.map((rule) => rule.op))].join(', ') || op}: ${name}`,
      guarantee: requires === 'strict' ? 'same bits' : 'fast: may round, keeps finiteness',
      ...(reserve === '' ? {} : { reserve }),
      proofs: ['exhaustive', 'triples', 'ruleCases'],
    };
  });
}

/** An op's gradient: a rule, zero, or left to the tape. */
function gradientRules(): readonly Rule[] {
  const ops = (kind: string) => Object.entries(VJP_TABLE).flatMap(([op, rule]) => (rule.kind === kind ? [op] : []));
  return [
    ...each(ops('differentiable'), 'derivative', ['differences', 'conventions', 'objectives']),
    ...each(ops('zero').map((op) => `${op} (zero)`), 'derivative', ['zero', 'conventions']),
    ...each(ops('opaque').map((op) => `${op} (left to the tape)`), 'derivative', ['differentiate', 'objectives']),
  ];
}

/** The ops of a target, by what they promise. */
function scalarOps(target: 'wasm' | 'js'): readonly Rule[] {
  return (Object.keys(SCALAR_ULPS) as ScalarOp[]).map((op): Rule => {
    const ulps = SCALAR_ULPS[op][target];
    const guarantee: Guarantee = ulps === 0 ? 'same bits' : `within ${ulps} ulp`;
    return { rule: op, guarantee, proofs: ulps === 0 ? ['scalars', target] : ['scalars', 'math'] };
  });
}

/** Written with comparisons, selections and one division alone. */
const DECOMPOSED_EXACTLY: ReadonlySet<string> = new Set(['descending_rank', 'divide_no_nan']);

const files = (folder: string, ...names: readonly string[]): readonly string[] => names.map((name) => `src/${folder}/${name}.ts`);
const EVERYWHERE = ['graphs', 'networks', 'objectives'] as const;

/** Every stage that replaces something by something else; its rules are those of the code's own tables wherever it has them. */
export const STAGES: readonly Stage[] = [
  { stage: 'simplify', files: files('passes', 'simplify', 'rewrite', 'rules/allRules', 'rules/arithmetic', 'rules/broadcasts', 'rules/crossEntropy', 'rules/idempotent', 'rules/match', 'rules/signs', 'rules/views', 'shapeSource', 'constants'), rules: simplifications() },
  { stage: 'foldConstants', files: files('passes', 'foldConstants'), rules: each(Object.entries(FOLDABLE).flatMap(([op, folds]) => (folds ? [op] : [])), 'same bits', ['fold'], 'rounded to float32, as at run time') },
  {
    stage: 'mergeCommon',
    files: files('passes', 'mergeCommon', 'pinned'),
    rules: [...each(['equal equations become one'], 'same bits', ['merge', 'passes', 'graphs']), ...each([...COMMUTATIVE].map((op) => `${op} in either order`), 'same bits', ['merge'])],
  },
  { stage: 'eliminateDeadTerms', files: files('passes', 'eliminateDeadTerms'), rules: each(['zero weight removed'], 'fast: may round, keeps finiteness', ['deadTerms', 'objectivePasses']) },
  { stage: 'eliminateDeadCode', files: files('passes', 'eliminateDeadCode', 'liveness'), rules: each(['unused equations go, states that are written stay'], 'same bits', ['passes', 'graphs', 'objectivePasses']) },
  { stage: 'releaseMarks', files: files('passes', 'releaseMarks'), rules: each([...MARKS], 'same bits', ['graphs']) },
  { stage: 'decompose', files: files('passes', 'decompose', 'emit'), rules: keys(DECOMPOSITIONS).map((op): Rule => ({ rule: op, guarantee: DECOMPOSED_EXACTLY.has(op) ? 'same bits' : 'may round', proofs: ['decompose', 'specialize', 'graphs'], ...(op === 'sigmoid_cross_entropy' ? { reserve: 'overflows where TensorFlow’s formula does: for labels beyond [0, 1]' } : {}) })) },
  { stage: 'specialize', files: files('passes', 'specialize', 'shapes'), rules: [...each(['elementwise operands are broadcast'], 'same bits', ['specialize', 'graphs']), ...keys(SPECIALIZATIONS).map((op): Rule => ({ rule: op, guarantee: 'same bits', proofs: ['specialize', 'graphs'], ...(op === 'sum_like' ? { reserve: 'up to the sign of zero' } : {}) }))] },
  { stage: 'gradients', files: files('passes', 'vjp/contractions', 'vjp/convolution', 'vjp/customGradient', 'vjp/elementwise', 'vjp/ganloss', 'vjp/indexing', 'vjp/losses', 'vjp/reductions', 'vjp/rule', 'vjp/structural', 'vjp/vjpTable', 'vjp/windows'), rules: gradientRules() },
  {
    stage: 'differentiate',
    files: files('passes', 'gradients', 'differentiate', 'pipeline', 'optimizeStatic'),
    rules: [
      ...each(['gradient(y, x) becomes equations, one sweep for all x of a y', 'a value that does not depend on x has gradient 0'], 'derivative', ['differentiate', 'differences', ...EVERYWHERE]),
      ...each(['barriers and custom derivatives go when no gradient needs them'], 'same bits', ['differentiate', 'graphs']),
    ],
  },
  {
    stage: 'step',
    files: files('step', 'assembleApply', 'assembleCheck', 'assembleEvaluate', 'optimizers', 'arithmetic'),
    rules: [
      ...each(keys(OPTIMIZERS), 'same bits', ['optimizers'], 'as tfjs’s optimiser of that class on its cpu backend'),
      ...each(['all finite, by the greatest magnitude', 'weights clipped'], 'same bits', ['assemble']),
      ...each(['moving average'], 'same bits', ['assemble'], 'as TensorFlow’s formula'),
      ...each(['players’ graphs side by side, equal inputs are one'], 'same bits', ['assemble', 'objectives']),
    ],
  },
  { stage: 'buffers', files: files('schedule', 'chooseBuffers', 'schedule', 'nodeList'), rules: each(['a value is computed where it is read, or kept', 'equal nodes of a kernel are one'], 'same bits', ['lowering', 'schedules', 'graphs']) },
  {
    stage: 'views',
    files: files('schedule', 'values', 'affine', 'lowerGraph'),
    rules: [
      ...each([...keys(VIEWS), 'pad'].map((op) => `${op} is a place of its operand`), 'same bits', ['lowering', 'schedules', 'graphs']),
      ...each(['places in a tensor as coordinates', 'dimensions split so that reshapes are affine'], 'same bits', ['affine', 'lowering']),
    ],
  },
  {
    stage: 'contractions',
    files: files('schedule', 'contractions', 'contractionAsLoops'),
    rules: each(['dot_general as strides', 'convolution as strides', 'a product of integers as loops'], 'same bits', ['lowering', 'graphs']),
  },
  { stage: 'simplifyLoops', files: files('schedule', 'simplifyLoops'), rules: [...each(GUARD_RULES.map(({ name }) => `a guard: ${name}`), 'same bits', ['loops', 'wasm']), ...each(keys(DIMENSION_RULES).map((name) => `a dimension: ${name}`), 'same bits', ['loops', 'wasm'])] },
  { stage: 'mergeKernels', files: files('schedule', 'mergeKernels', 'effects'), rules: [...each(Object.values(MERGES).map(({ rule }) => rule), 'same bits', ['lowering', 'schedules', 'graphs']), ...each(['a product with its operands exchanged'], 'same bits', ['lowering', 'wasmContraction', 'graphs'])] },
  { stage: 'planMemory', files: files('schedule', 'planMemory'), rules: each(['temporaries share bytes', 'an update in place', 'a copy where the old value is still read'], 'same bits', ['schedules', 'inPlace', 'wasm', 'graphs']) },
  { stage: 'code of wasm: ops', files: files('codegen/wasm', 'loops/applyOp', 'math/emitMath', 'math/exponential', 'math/logarithm', 'math/power', 'math/sigmoids', 'math/expressions', 'math/mathModule'), rules: scalarOps('wasm') },
  {
    stage: 'code of wasm: loops',
    files: files('codegen/wasm', 'loops/accessPlan', 'loops/accumulators', 'loops/emitLoops', 'loops/loads', 'loops/loopPlan', 'loops/loopState', 'loops/loopsKernel', 'loops/nest', 'loops/nodeGraph', 'loops/scope', 'loops/splitReduction', 'loops/values', 'scatter/counted', 'scatter/scatterKernel', 'scatter/selectAndScatterKernel', 'scatter/selectVectors'),
    rules: [
      ...each(['loops over vectors, values hoisted, guards tested once for all lanes'], 'same bits', ['wasm', 'wasmLoops', 'graphs']),
      ...each(['a sum in lanes and blocks', 'a long sum in parts', 'updates of one place added one by one'], 'may round', ['split', 'wasm', 'wasmLoops', 'graphs'], 'other reductions: same bits'),
    ],
  },
  {
    stage: 'code of wasm: contractions',
    files: files('codegen/wasm', 'contraction/emitContraction', 'contraction/emitTile', 'contraction/epilogue', 'contraction/integers', 'contraction/microKernels', 'contraction/normalize', 'contraction/pack', 'contraction/plan', 'contraction/runs', 'contraction/tables', 'contraction/tileRates'),
    rules: [
      ...each(['dimensions merged, windows of one tap as rows', 'taps on padding and in holes left out', 'rhs packed', 'an epilogue on registers'], 'same bits', ['wasmContraction', 'wasm', ...EVERYWHERE]),
      ...each(['a sum by tiles and blocks', 'multiply-and-add rounded once (relaxed SIMD)'], 'may round', ['wasmContraction', ...EVERYWHERE]),
    ],
  },
  { stage: 'code of wasm: module', files: files('codegen/wasm', 'module', 'threads', 'emitters', 'kernelKey'), rules: each(['equal kernels are one function', 'chunks shared among threads'], 'same bits', ['wasm', 'threads']) },
  { stage: 'code of js: ops', files: files('codegen/js', 'scalarOps'), rules: scalarOps('js') },
  {
    stage: 'code of js: kernels',
    files: files('codegen/js', 'compileJs', 'contraction', 'kernelFunctions', 'loops', 'points', 'scatter', 'selectAndScatter', 'text'),
    rules: each(['loops with places and values hoisted, idle guards left out', 'contractions with taps on padding left out, columns innermost', 'equal kernels are one function'], 'same bits', ['js', 'graphs'], 'sums are float64 and rounded once'),
  },
  {
    stage: 'code of tfjs',
    files: files('codegen/tfjs', 'instructions', 'schedule', 'emitFunction', 'emitProgram', 'callees'),
    rules: [
      ...keys(SHORTCUTS).map((name): Rule => ({ rule: name, guarantee: name === 'mean' ? 'may round' : 'same bits', proofs: ['tfjs', 'objectives'], ...(name === 'mean' ? { reserve: 'it divides first, and so stays finite longer' } : {}) })),
      ...each(['a call for each equation, in the order of their needs', 'a closure between a gradient’s variable and value'], 'same bits', ['objectives', 'objectivePasses'], 'as far as tfjs’s op has the meaning of the same name'),
    ],
  },
];
