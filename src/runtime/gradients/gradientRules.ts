import { activationRules } from './activationRules.ts';
import { convolutionRules } from './convolutionRules.ts';
import { customOpRules } from './customOps.ts';
import { einsumRule } from './einsumRule.ts';
import { comparisonRules, elementwiseRules } from './elementwiseRules.ts';
import { layoutRules } from './layoutRules.ts';
import { logSoftmaxRule } from './logSoftmaxRule.ts';
import { matMulRule } from './matMulRule.ts';
import { normalizationRules } from './normalizationRules.ts';
import { poolingRules } from './poolingRules.ts';
import { positionRules } from './positionRules.ts';
import { reductionRules } from './reductionRules.ts';
import { resizeRules } from './resizeRules.ts';
import type { GradientRule } from './rule.ts';

/** Every corrected rule, one for each kernel. Kernels that are not here keep tfjs's own rule. */
export const gradientRules: readonly GradientRule[] = [
  ...activationRules,
  ...comparisonRules,
  ...elementwiseRules,
  ...reductionRules,
  ...convolutionRules,
  ...poolingRules,
  ...resizeRules,
  ...normalizationRules,
  ...layoutRules,
  ...positionRules,
  matMulRule,
  einsumRule,
  logSoftmaxRule,
  ...customOpRules,
];
