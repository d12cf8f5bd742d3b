import type { Diagnostic } from '../../support/diagnostic.ts';
import type { Source, Span } from '../../support/source.ts';
import type { File, Ident, ImportItem, TermItem } from '../ast.ts';
import { isFunctionName } from './functions/functions.ts';
import { isModelName, isNetworkName, isReservedInTerms } from './models.ts';
import { nameSpanOf, nounOf, type Definition, type Module, type TermDefinition } from './module.ts';
import { didYouMeanFix, EVERY } from './names.ts';
import type { Reporter } from './reporter.ts';

/** A part of the prelude, parsed. */
export interface PreludeFile {
  readonly source: Source;
  readonly file: File;
}

/** Finds the text of an import: an error says why it may not be read, null that there is nothing. */
export type ResolveImport = (path: string, from: Source) => Source | { readonly error: string } | null;

export type Parse = (source: Source) => { readonly file: File; readonly diagnostics: readonly Diagnostic[] };

interface Loader {
  readonly reporter: Reporter;
  readonly parse: Parse;
  readonly resolveImport: ResolveImport;
  readonly prelude: ReadonlyMap<string, TermDefinition>;
  /** Modules by their source's name: a file imported twice is one module. */
  readonly loaded: Map<string, Module>;
  /** The files that lead to the one being loaded. */
  readonly stack: readonly string[];
  readonly nextId: () => number;
}

/** The built-in terms: the only names of the prelude. */
export function preludeTerms(files: readonly PreludeFile[], nextId: () => number): ReadonlyMap<string, TermDefinition> {
  const terms = new Map<string, TermDefinition>();
  for (const { source, file } of files) {
    const module: Module = { kind: 'prelude', site: null, source, file, definitions: new Map(), used: new Set(), ambiguous: new Set(), ambiguousLocals: new Map() };
    for (const item of file.items) {
      if (item.kind === 'term') terms.set(item.name.name, { kind: 'term', item, module, id: nextId() });
      if (item.kind === 'let') module.definitions.set(item.name.name, { kind: 'let', item, module });
    }
  }
  return terms;
}

/** The root file and everything that it imports. */
export function loadRoot(source: Source, file: File, loader: Omit<Loader, 'loaded' | 'stack'>): Module {
  const module: Module = { kind: 'root', site: null, source, file, definitions: new Map(), used: new Set(), ambiguous: new Set(), ambiguousLocals: new Map() };
  define(module, null, { ...loader, loaded: new Map(), stack: [source.name] });
  return module;
}

/** Fills in the module's names. @param site where the root file imports it; null for the root itself */
function define(module: Module, site: Span | null, loader: Loader): void {
  const defined = definedNames(module.file);
  for (const item of module.file.items) {
    switch (item.kind) {
      case 'import':
        defineImports(module, item, site, loader);
        break;
      case 'let':
      case 'param':
      case 'input':
        enter(module, item.name, { kind: item.kind, item, module } as Definition, site, loader);
        break;
      case 'term':
        enter(module, item.name, { kind: 'term', item, module, id: loader.nextId() }, site, loader);
        checkTermNames(module, item, defined, site, loader);
        break;
      case 'setting':
      case 'pool':
      case 'objective':
        break;
    }
  }
}

function enter(module: Module, name: Ident, definition: Definition, site: Span | null, loader: Loader): void {
  const before = module.definitions.get(name.name);
  const builtIn = builtInNoun(name.name, loader);
  if (before !== undefined || builtIn !== null) module.ambiguous.add(name.name);
  if (before !== undefined) {
    const labels = [{ span: nameSpanOf(before), message: 'defined here first' }];
    loader.reporter.report({ code: 'GL2004', span: name.span, message: `'${name.name}' is defined twice`, label: 'defined again', labels }, site);
    return;
  }
  if (builtIn !== null && definition.kind !== 'broken') {
    const message = `'${name.name}' is ${builtIn} and cannot be defined anew`;
    loader.reporter.report({ code: 'GL2004', span: name.span, message, label: 'taken', hint: 'Choose another name.' }, site);
  }
  module.definitions.set(name.name, definition);
}

/** What a name means without any definition, for messages. Names that only some models bind are judged when the model is known. */
function builtInNoun(name: string, { prelude }: Loader): string | null {
  if (prelude.has(name)) return 'a built-in term';
  if (isFunctionName(name) || name === 'tensor_pool' || name === EVERY) return 'a function';
  if (isReservedInTerms(name)) return isNetworkName(name) ? 'a network of every model' : 'a name of every model';
  return null;
}

/** A term's own names hide neither built-ins, nor the file's names, nor each other. */
function checkTermNames(module: Module, item: TermItem, defined: Defined, site: Span | null, loader: Loader): void {
  const own = new Map<string, Span>();
  const ambiguous = new Set<string>();
  module.ambiguousLocals.set(item, ambiguous);
  const members = item.body.kind === 'tensors' ? item.body.members.filter((member) => member.kind === 'let' || member.kind === 'state') : [];
  for (const { name } of [...item.formals, ...members]) {
    const before = own.get(name.name);
    const builtIn = builtInNoun(name.name, loader);
    const outer = defined.get(name.name);
    if (before !== undefined) {
      const labels = [{ span: before, message: 'defined here first' }];
      loader.reporter.report({ code: 'GL2004', span: name.span, message: `'${name.name}' is defined twice in '${item.name.name}'`, label: 'defined again', labels }, site);
    } else if (builtIn !== null) {
      loader.reporter.report({ code: 'GL2004', span: name.span, message: `'${name.name}' would hide ${builtIn}`, label: 'taken', hint: 'Choose another name.' }, site);
    } else if (outer !== undefined) {
      const labels = [{ span: outer.span, message: 'defined here' }];
      loader.reporter.report({ code: 'GL2004', span: name.span, message: `'${name.name}' would hide the ${outer.noun} of that name`, label: 'defined again', labels }, site);
    }
    if (before !== undefined || builtIn !== null || outer !== undefined) ambiguous.add(name.name);
    own.set(name.name, name.span);
  }
}

/** What a file itself defines, above or below the place that asks. */
type Defined = ReadonlyMap<string, { readonly span: Span; readonly noun: string }>;

function definedNames({ items }: File): Defined {
  const names = new Map<string, { readonly span: Span; readonly noun: string }>();
  const add = (name: Ident, noun: string) => {
    if (!names.has(name.name)) names.set(name.name, { span: name.span, noun });
  };
  for (const item of items) {
    if (item.kind === 'let' || item.kind === 'param' || item.kind === 'input' || item.kind === 'term') add(item.name, item.kind);
    if (item.kind === 'import') for (const name of item.names) add(name, 'import');
  }
  return names;
}

function defineImports(module: Module, item: ImportItem, site: Span | null, loader: Loader): void {
  const imported = load(module, item, site, loader);
  for (const name of item.names) {
    const definition = imported === null ? null : (imported.definitions.get(name.name) ?? null);
    const broken: Definition = { kind: 'broken', nameSpan: name.span };
    if (definition !== null && (definition.kind === 'term' || definition.kind === 'let')) enter(module, name, definition, site, loader);
    else {
      if (imported !== null) reportNotExported(imported, name, definition, item, site, loader);
      enter(module, name, broken, site, loader);
    }
  }
}

function reportNotExported(imported: Module, name: Ident, definition: Definition | null, item: ImportItem, site: Span | null, loader: Loader): void {
  if (definition?.kind === 'broken') return;
  if (definition !== null) {
    const message = `'${name.name}' is a ${nounOf(definition)} of "${item.from.path}": only terms and lets can be imported`;
    loader.reporter.report({ code: 'GL2007', span: name.span, message, label: `a ${nounOf(definition)}` }, site);
    return;
  }
  const exported = [...imported.definitions].filter(([, { kind }]) => kind === 'term' || kind === 'let').map(([other]) => other);
  const { suffix, fix } = didYouMeanFix(name, exported);
  const hint = suffix === '' && exported.length > 0 ? `It defines ${exported.join(', ')}.` : undefined;
  loader.reporter.report({ code: 'GL2001', span: name.span, message: `"${item.from.path}" defines no '${name.name}'${suffix}`, label: 'not there', hint, fix }, site);
}

/** The module that an import names; null after it was reported why there is none. */
function load(module: Module, { from }: ImportItem, site: Span | null, loader: Loader): Module | null {
  const { reporter, stack } = loader;
  const fail = (message: string, label: string, hint?: string): null => {
    reporter.report({ code: 'GL2007', span: from.span, message, label, hint }, site);
    return null;
  };
  const found = loader.resolveImport(from.path, module.source);
  if (found === null) return fail(`the import "${from.path}" was not found`, 'not found', 'Paths are relative to the importing file.');
  if ('error' in found) return fail(`"${from.path}" cannot be imported: ${found.error}`, 'not importable');
  if (stack.includes(found.name)) return fail(`the import "${from.path}" leads back to this file`, 'cyclic', `${[...stack.slice(stack.indexOf(found.name)), found.name].join(' → ')}`);
  const known = loader.loaded.get(found.name);
  if (known !== undefined) return known;
  const { file, diagnostics } = loader.parse(found);
  const importSite = site ?? from.span;
  reporter.adopt(diagnostics, importSite);
  const imported: Module = { kind: 'import', site: importSite, source: found, file, definitions: new Map(), used: new Set(), ambiguous: new Set(), ambiguousLocals: new Map() };
  loader.loaded.set(found.name, imported);
  define(imported, importSite, { ...loader, stack: [...stack, found.name] });
  return imported;
}

/** Definitions of names that the objective's model binds: they would hide the model's. */
export function hiddenModelNames(module: Module, binds: (name: string) => boolean): readonly Ident[] {
  return [...module.definitions.values()]
    .filter((definition) => definition.kind !== 'broken' && definition.module === module)
    .map((definition) => (definition.kind === 'broken' ? null : definition.item.name))
    .filter((name) => name !== null)
    .filter(({ name }) => (isModelName(name) || isNetworkName(name)) && !isReservedInTerms(name) && binds(name));
}
