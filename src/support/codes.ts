import type { Severity } from './diagnostic.ts';

interface CodeRow {
  readonly severity: Severity;
  /** What the code means, as the reference lists it. */
  readonly meaning: string;
}

/** Every code that ganloss reports, with its default severity. The reference in docs/ is generated from this table. */
export const CODES = {
  GL1001: { severity: 'error', meaning: 'unexpected character' },
  GL1002: { severity: 'error', meaning: 'unexpected token' },
  GL1003: { severity: 'error', meaning: 'unterminated comment, string or bracket' },
  GL1004: { severity: 'error', meaning: 'malformed number' },
  GL1005: { severity: 'error', meaning: 'no objective in the file' },
  GL1006: { severity: 'error', meaning: 'too large or too deeply nested' },
  GL2001: { severity: 'error', meaning: 'unknown term' },
  GL2002: { severity: 'error', meaning: 'unknown name' },
  GL2003: { severity: 'error', meaning: 'unknown or repeated argument' },
  GL2004: { severity: 'error', meaning: 'defined twice, or shadows a built-in' },
  GL2005: { severity: 'error', meaning: 'setting given twice' },
  GL2006: { severity: 'error', meaning: 'unknown value of a setting' },
  GL2007: { severity: 'error', meaning: 'import not found, cyclic, or outside the project root' },
  GL2008: { severity: 'error', meaning: 'term defined through itself' },
  GL2009: { severity: 'error', meaning: 'more than one objective' },
  GL3001: { severity: 'error', meaning: 'product or quotient of terms' },
  GL3002: { severity: 'error', meaning: 'number added to a term' },
  GL3003: { severity: 'error', meaning: 'division by zero' },
  GL3004: { severity: 'error', meaning: 'wrong type' },
  GL3005: { severity: 'error', meaning: 'too many arguments, or a required one missing' },
  GL3006: { severity: 'error', meaning: 'term not available in this model; terms need different models' },
  GL3007: { severity: 'error', meaning: 'negative weight on an auxiliary term' },
  GL3008: { severity: 'error', meaning: 'weight not finite' },
  GL3009: { severity: 'error', meaning: 'term has no part for that player' },
  GL3010: { severity: 'warning', meaning: 'a player has no adversarial term' },
  GL3011: { severity: 'error', meaning: 'clause is not a scalar' },
  GL3012: { severity: 'error', meaning: '`grad` of a value that does not depend on its variable' },
  GL3013: { severity: 'error', meaning: 'argument out of range' },
  GL4001: { severity: 'note', meaning: 'term eliminated, and why' },
  GL4002: { severity: 'warning', meaning: 'unused param, input, let or term' },
  GL4003: { severity: 'note', meaning: 'equal terms merged' },
  GL4005: { severity: 'note', meaning: 'zero weight kept, as TF-GAN keeps it' },
  GL5001: { severity: 'error', meaning: 'network or input missing' },
  GL5002: { severity: 'error', meaning: "the discriminator's outputs on real and fake data differ in shape, or do not fit what is computed from them" },
  GL5003: { severity: 'error', meaning: 'network has no such head' },
  GL5004: { severity: 'error', meaning: 'weights not broadcastable' },
  GL5005: { severity: 'note', meaning: 'network cannot be captured, and why' },
  GL5006: { severity: 'error', meaning: 'backend lacks a kernel and no substitute exists' },
  GL5007: { severity: 'error', meaning: 'op has no gradient' },
  GL5008: { severity: 'error', meaning: 'real and fake batches differ' },
  GL5009: { severity: 'error', meaning: 'parameter value rejected' },
  GL5010: { severity: 'warning', meaning: 'batch normalisation in a discriminator under a gradient penalty' },
  GL5011: { severity: 'warning', meaning: 'a sigmoid at the end of a discriminator whose loss takes logits' },
  GL6001: { severity: 'error', meaning: 'a loss or gradient became NaN or infinite' },
  GL7001: { severity: 'error', meaning: 'file not found' },
  GL7002: { severity: 'error', meaning: 'file cannot be read in that format' },
  GL7003: { severity: 'error', meaning: 'images differ in size' },
  GL7004: { severity: 'error', meaning: 'package missing' },
  GL7005: { severity: 'error', meaning: 'file cannot be written' },
  GL7006: { severity: 'error', meaning: 'checkpoint damaged' },
  GL7007: { severity: 'error', meaning: 'checkpoint of another objective, network or data' },
  GL7008: { severity: 'error', meaning: 'file is not UTF-8 text' },
  GL7009: { severity: 'error', meaning: 'networks file cannot be used' },
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof CODES;
