import type { Json } from '../corpus/json.ts';
import type { FamilyReport } from '../runCorpus.ts';
import { usageOf } from './usage.ts';
import { corpusFile, printMagnitude, type ErrorOf } from './writeParity.ts';

/** The largest errors of the cases that exercise each symbol and parameter, in runs of these files. */
export function collectErrors(documents: readonly Json[], reports: readonly FamilyReport[]): ErrorOf {
  const largest = new Map<string, { loss: number; gradient: number }>();
  for (const { family, cases } of documents.map(corpusFile)) {
    for (const { results } of reports.filter((report) => report.family === family)) {
      results.forEach(({ errors }, index) => {
        for (const key of usageOf(family, cases[index])) {
          const known = largest.get(key) ?? { loss: 0, gradient: 0 };
          largest.set(key, { loss: Math.max(known.loss, errors.loss), gradient: Math.max(known.gradient, errors.gradient) });
        }
      });
    }
  }
  return (key) => {
    const { loss, gradient } = largest.get(key) ?? { loss: 0, gradient: 0 };
    return printMagnitude(loss, gradient);
  };
}
