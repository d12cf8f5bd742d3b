import { CODES, type Code } from '../../support/codes.ts';
import type { Diagnostic, Fix, Label, Severity } from '../../support/diagnostic.ts';
import type { Source, Span } from '../../support/source.ts';

/** A problem at the place where it arises, which may be inside the prelude or an import. */
export interface Problem {
  readonly code: Code;
  readonly span: Span;
  readonly message: string;
  readonly label?: string;
  readonly labels?: readonly Label[];
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
}

/** Collects diagnostics about one root file; every one of them points into that file. */
export interface Reporter {
  readonly root: Source;
  /**
   * @param site where the root file entered the foreign text that the problem is in; used when `span` is not of the root file
   */
  report(problem: Problem, site: Span | null): void;
  /** Takes over what the parser said about a file. */
  adopt(diagnostics: readonly Diagnostic[], site: Span | null): void;
  hasErrors(): boolean;
  /** In the order of the text, without repetitions. */
  diagnostics(): readonly Diagnostic[];
}

export function createReporter(root: Source): Reporter {
  const collected = new Map<string, Diagnostic>();
  let errors = 0;

  function add(diagnostic: Diagnostic): void {
    const { span } = diagnostic;
    const key = `${diagnostic.code} ${span?.start} ${span?.end} ${diagnostic.message}`;
    // a term's body is checked for each set of arguments: the same mistake is one mistake
    if (collected.has(key)) return;
    collected.set(key, diagnostic);
    if (diagnostic.severity === 'error') errors += 1;
  }

  return {
    root,
    report(problem, site) {
      const severity: Severity = CODES[problem.code].severity;
      add(relocate(clean({ ...problem, severity }), root, site));
    },
    adopt(diagnostics, site) {
      for (const diagnostic of diagnostics) add(relocate(diagnostic, root, site));
    },
    hasErrors: () => errors > 0,
    diagnostics: () => [...collected.values()].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0)),
  };
}

/** A diagnostic about foreign text becomes one about the place of the root file that led there, with a label inside. */
function relocate(diagnostic: Diagnostic, root: Source, site: Span | null): Diagnostic {
  const { span } = diagnostic;
  if (span === null || span.source === root) return diagnostic;
  const { fix: _fixOfForeignText, label, labels, ...rest } = diagnostic;
  return {
    ...rest,
    span: site ?? { source: root, start: 0, end: Math.min(1, root.text.length) },
    labels: label === undefined && labels !== undefined ? labels : [{ span, message: label ?? 'the problem arises here' }, ...(labels ?? [])],
  };
}

/** Leaves out what is undefined, so that diagnostics compare and print as data. */
function clean(diagnostic: Problem & { readonly severity: Severity }): Diagnostic {
  const { code, severity, message, span, label, labels, hint, fix } = diagnostic;
  return {
    code,
    severity,
    message,
    span,
    ...(label === undefined ? {} : { label }),
    ...(labels === undefined || labels.length === 0 ? {} : { labels }),
    ...(hint === undefined ? {} : { hint }),
    ...(fix === undefined ? {} : { fix }),
  };
}
