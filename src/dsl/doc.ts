/**
 * Text that knows where it may be broken, after Wadler ("A prettier printer", 2003) and Prettier. Blanks at the ends of a
 * string are remembered and written only before more text, so that no line ends in one.
 */
export type Doc =
  | string
  | readonly Doc[]
  /** A line end if the group around it does not fit on its line, `flat` otherwise. */
  | { readonly kind: 'line'; readonly flat: string }
  | { readonly kind: 'hardline' }
  | { readonly kind: 'indent'; readonly body: Doc }
  | { readonly kind: 'group'; readonly body: Doc; readonly broken: boolean }
  /** Only written where the group around it is broken. */
  | { readonly kind: 'ifBroken'; readonly text: string }
  /** `own`: begins a line, and nothing but comments follows on it. */
  | { readonly kind: 'comment'; readonly text: string; readonly own: boolean };

export const line: Doc = { kind: 'line', flat: ' ' };
export const softline: Doc = { kind: 'line', flat: '' };
export const hardline: Doc = { kind: 'hardline' };

export function indent(...body: readonly Doc[]): Doc {
  return { kind: 'indent', body };
}

export function group(...body: readonly Doc[]): Doc {
  return { kind: 'group', body, broken: mustBreak(body) };
}

export function ifBroken(text: string): Doc {
  return { kind: 'ifBroken', text };
}

/** Whether a document holds what cannot stand on one line; groups remember the answer, so this looks only as deep as the next ones. */
function mustBreak(doc: Doc): boolean {
  if (typeof doc === 'string') return false;
  if (isList(doc)) return doc.some(mustBreak);
  switch (doc.kind) {
    case 'hardline':
      return true;
    case 'comment':
      return doc.own || doc.text.startsWith('//');
    case 'group':
      return doc.broken;
    case 'indent':
      return mustBreak(doc.body);
    default:
      return false;
  }
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

interface Command {
  readonly depth: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

const INDENT = '  ';

/** Writes a document with lines of at most `width` columns where its breaks allow that. Not recursive. */
export function renderDoc(doc: Doc, width: number): string {
  const out = createOutput();
  const commands: Command[] = [{ depth: 0, broken: true, doc }];
  while (commands.length > 0) {
    const { depth, broken, doc: current } = commands.pop()!;
    if (typeof current === 'string') {
      out.text(current, depth);
    } else if (isList(current)) {
      for (let i = current.length - 1; i >= 0; i -= 1) commands.push({ depth, broken, doc: current[i]! });
    } else {
      switch (current.kind) {
        case 'line':
          if (broken) out.newline(depth);
          else out.text(current.flat, depth);
          break;
        case 'hardline':
          out.newline(depth);
          break;
        case 'indent':
          commands.push({ depth: depth + 1, broken, doc: current.body });
          break;
        case 'group': {
          const next: Command = { depth, broken: false, doc: current.body };
          const fits = !current.broken && fitsIn(width - out.column(), next, commands);
          commands.push({ ...next, broken: !fits });
          break;
        }
        case 'ifBroken':
          if (broken) out.text(current.text, depth);
          break;
        case 'comment':
          out.comment(current.text, current.own, depth);
          break;
      }
    }
  }
  return out.finish();
}

/** Whether the command, and what follows it up to the next possible line end, takes at most `space` columns. */
function fitsIn(space: number, command: Command, rest: readonly Command[]): boolean {
  const stack = [command];
  let next = rest.length - 1;
  let left = space;
  while (left >= 0) {
    const current = stack.pop() ?? rest[next--];
    if (current === undefined) return true;
    const { doc, broken } = current;
    if (typeof doc === 'string') {
      left -= doc.length;
    } else if (isList(doc)) {
      for (let i = doc.length - 1; i >= 0; i -= 1) stack.push({ ...current, doc: doc[i]! });
    } else {
      switch (doc.kind) {
        case 'line':
          if (broken) return true;
          left -= doc.flat.length;
          break;
        case 'hardline':
          return true;
        case 'group':
          stack.push({ ...current, broken: doc.broken, doc: doc.body });
          break;
        case 'indent':
          stack.push({ ...current, doc: doc.body });
          break;
        case 'ifBroken':
          if (broken) left -= doc.text.length;
          break;
        case 'comment':
          // a comment is not a reason to break before it
          if (doc.own || doc.text.startsWith('//') || doc.text.includes('\n')) return true;
          left -= doc.text.length + 1;
          break;
      }
    }
  }
  return false;
}

interface Output {
  text(text: string, depth: number): void;
  comment(text: string, own: boolean, depth: number): void;
  newline(depth: number): void;
  column(): number;
  finish(): string;
}

function createOutput(): Output {
  const parts: string[] = [];
  let column = 0;
  /** The indentation of a line on which nothing has been written. */
  let fresh: string | null = '';
  let blank = false;
  let owesNewline = false;

  const write = (text: string): void => {
    if (fresh !== null) {
      parts.push(fresh);
      column = fresh.length;
    } else if (blank) {
      parts.push(' ');
      column += 1;
    }
    fresh = null;
    blank = false;
    parts.push(text);
    const lastBreak = text.lastIndexOf('\n');
    column = lastBreak < 0 ? column + text.length : text.length - lastBreak - 1;
  };
  const newline = (depth: number): void => {
    parts.push('\n');
    fresh = INDENT.repeat(depth);
    column = fresh.length;
    blank = false;
    owesNewline = false;
  };

  return {
    text(text, depth) {
      const body = text.trim();
      if (text.startsWith(' ')) blank = true;
      if (body === '') return;
      if (owesNewline) newline(depth);
      write(body);
      blank = text.endsWith(' ');
    },
    comment(text, own, depth) {
      if (own && fresh === null) newline(depth);
      blank = !['(', '!'].includes(parts.at(-1) ?? '');
      write(text);
      owesNewline = own || owesNewline || text.startsWith('//');
      blank = true;
    },
    newline,
    column: () => column + (blank && fresh === null ? 1 : 0),
    finish: () => parts.join(''),
  };
}
