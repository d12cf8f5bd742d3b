import type { Source, Span } from '../../support/source.ts';
import { MODELS, type Model, type TermInstance } from '../typed.ts';
import { cycleUse, directionUse, listModels, modelsOf, nameUses, type NameUse } from './models.ts';
import type { Reporter } from './reporter.ts';
import type { Settings } from './settings.ts';

/** Which models an instance can live in, and why. */
interface Fit {
  readonly instance: TermInstance;
  readonly uses: readonly NameUse[];
  readonly models: readonly Model[];
}

/** The stated model, or the one that the terms ask for; null after a contradiction was reported. */
export function inferModel(instances: readonly TermInstance[], settings: Settings, root: Source, reporter: Reporter): Model | null {
  const fits = instances.map(fitOf);
  if (settings.modelStated) {
    const { model } = settings;
    if (model === null) return null;
    const misfits = fits.filter((fit) => !fit.models.includes(model.value));
    for (const fit of misfits) reportForeign(fit, model.value, model.span, root, reporter);
    return misfits.length === 0 ? model.value : null;
  }
  let left: readonly Model[] = MODELS;
  for (const [i, fit] of fits.entries()) {
    const next = left.filter((model) => fit.models.includes(model));
    if (next.length === 0) {
      reportClash(fit, fits.slice(0, i), reporter, root);
      return null;
    }
    left = next;
  }
  return left.includes('gan') ? 'gan' : left[0]!;
}

function fitOf(instance: TermInstance): Fit {
  const uses = nameUses([...Object.values(instance.clauses).filter((clause) => clause !== null), ...instance.updates.map(({ value }) => value)]);
  return { instance, uses, models: modelsOf(uses) };
}

/** A term that the stated model cannot have: at the foreign name for the user's own term, at its use for another. */
function reportForeign(fit: Fit, model: Model, stated: Span, root: Source, reporter: Reporter): void {
  const { instance, uses } = fit;
  const labels = [{ span: stated, message: 'the model is stated here' }];
  const foreign = uses.filter((use) => !use.models.includes(model));
  if (foreign.length === 0) {
    reportMixed(fit, reporter, root);
    return;
  }
  const own = foreign.filter((use) => use.node.span.source === root);
  for (const use of own) {
    const message = `'${use.name}' is unknown in a ${model} model; ${verb(use.name)} in ${listModels(use.models)} models`;
    reporter.report({ code: 'GL2002', span: use.node.span, message, label: 'not in this model', labels }, null);
  }
  if (own.length > 0) return;
  const message = `'${instance.name}' is not available in a ${model} model: it needs ${listModels(fit.models) || 'names of several models'}`;
  const inside = foreign[0]!;
  reporter.report({ code: 'GL3006', span: instance.span, message, label: `uses '${inside.name}'`, labels: [...labels, { span: inside.node.span, message: `'${inside.name}' is used here` }] }, null);
}

const verb = (name: string): string => (name.endsWith('s') ? `${name} exist` : `${name} exists`);

/** The second of two terms that no model has both of. */
function reportClash(fit: Fit, before: readonly Fit[], reporter: Reporter, root: Source): void {
  if (fit.models.length === 0) {
    reportMixed(fit, reporter, root);
    return;
  }
  // the term that leaves nothing in common, or else the one that narrowed the choice last
  const other = before.find((candidate) => !candidate.models.some((model) => fit.models.includes(model))) ?? [...before].reverse().find((candidate) => candidate.models.length < MODELS.length)!;
  const message = `'${fit.instance.name}' and '${other.instance.name}' need different models: ${needs(other)}, ${needs(fit)}`;
  reporter.report({ code: 'GL3006', span: fit.instance.span, message, label: needs(fit), labels: [{ span: other.instance.span, message: needs(other) }] }, null);
}

const needs = ({ instance, models }: Fit): string => `${instance.name} needs ${models.length > 1 ? `${models.slice(0, -1).join(', ')} or ${models.at(-1)}` : models[0]}`;

/** A term whose own names no model has together. */
function reportMixed({ instance, uses }: Fit, reporter: Reporter, root: Source): void {
  const [direction, cycle] = [directionUse(uses), cycleUse(uses)];
  const special = uses.filter((use) => use.models.length < MODELS.length);
  const clash = special.find((use) => !use.models.some((model) => special[0]!.models.includes(model)));
  const [first, second] = clash !== undefined ? [special[0]!, clash] : [direction ?? uses[0]!, cycle ?? uses[0]!];
  const inRoot = second.node.span.source === root;
  const why =
    clash !== undefined
      ? `'${first.name}' (${listModels(first.models)}) and '${second.name}' (${listModels(second.models)}) are never known together`
      : `'${first.name}' is of one direction of a cyclegan, '${second.name}' of the whole of it`;
  reporter.report(
    {
      code: 'GL3006',
      span: inRoot ? second.node.span : instance.span,
      message: `'${instance.name}' mixes names of different models: ${why}`,
      label: `'${second.name}'`,
      labels: [{ span: first.node.span, message: `'${first.name}'` }],
      hint: clash === undefined ? "In a cyclegan use either real, fake, z and D, or x, y, G, F, Dx and Dy." : undefined,
    },
    null,
  );
}
