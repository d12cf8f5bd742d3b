import type { Diagnostic, Fix } from './diagnostic.ts';

/**
 * The text with the fixes of its diagnostics applied. Of fixes that overlap only the first is; diagnostics without a fix,
 * or with one for another text, change nothing.
 */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[]): string {
  const fixes = diagnostics
    .flatMap(({ fix }) => (fix !== undefined && fix.span.source.text === text ? [fix] : []))
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const chosen: Fix[] = [];
  for (const fix of fixes) {
    const previous = chosen.at(-1);
    const clear = previous === undefined || fix.span.start > previous.span.end || (fix.span.start === previous.span.end && fix.span.start > previous.span.start);
    if (clear) chosen.push(fix);
  }
  return chosen.reduceRight((result, { span, replacement }) => result.slice(0, span.start) + replacement + result.slice(span.end), text);
}
