import { CODES } from '../../support/codes.ts';
import { SpecError } from '../../support/diagnostic.ts';
import type { Span } from '../../support/source.ts';

/** GL5005: what cannot be captured, by the layer where it happens (null outside of layers), and why. */
export function refusal(layer: string | null, reason: string, origin: readonly Span[] = [], hint?: string): SpecError {
  const message = `${layer === null ? 'the step' : `layer '${layer}'`} cannot be captured: ${reason}`;
  return new SpecError(message, [{ code: 'GL5005', severity: CODES.GL5005.severity, message, span: origin[0] ?? null, ...(hint === undefined ? {} : { hint }) }]);
}
