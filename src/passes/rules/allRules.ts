import type { AnyRule } from '../rewrite.ts';
import { ARITHMETIC_RULES } from './arithmetic.ts';
import { BROADCAST_RULES } from './broadcasts.ts';
import { CROSS_ENTROPY_RULES } from './crossEntropy.ts';
import { IDEMPOTENT_RULES } from './idempotent.ts';
import { VIEW_RULES } from './views.ts';

/** Every rule of `simplify`. For one op they are tried in this order. */
export const ALL_RULES: readonly AnyRule[] = [...ARITHMETIC_RULES, ...IDEMPOTENT_RULES, ...VIEW_RULES, ...BROADCAST_RULES, ...CROSS_ENTROPY_RULES];
