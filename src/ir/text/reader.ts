/** Reads a text from left to right. White space between tokens is skipped. */
export interface Reader {
  /** Takes `token` if it comes next. */
  readonly take: (token: string) => boolean;
  /** Takes `token`, or fails. */
  readonly expect: (token: string) => void;
  /** Takes what matches `pattern` (which must be sticky), or null. */
  readonly match: (pattern: RegExp) => RegExpExecArray | null;
  /** As `match`, but fails, naming `what`. */
  readonly read: (pattern: RegExp, what: string) => RegExpExecArray;
  /** Items separated by commas up to `close`, which is taken too. */
  readonly list: <T>(close: string, item: () => T) => T[];
  readonly fail: (message: string) => never;
  readonly atEnd: () => boolean;
}

const SPACE = /\s*/y;

export function createReader(text: string): Reader {
  let position = 0;

  const skip = () => {
    SPACE.lastIndex = position;
    position += SPACE.exec(text)?.[0].length ?? 0;
  };

  const reader: Reader = {
    take(token) {
      skip();
      if (!text.startsWith(token, position)) return false;
      position += token.length;
      return true;
    },
    expect(token) {
      if (!reader.take(token)) reader.fail(`expected '${token}'`);
    },
    match(pattern) {
      skip();
      pattern.lastIndex = position;
      const found = pattern.exec(text);
      if (found !== null) position += found[0].length;
      return found;
    },
    read(pattern, what) {
      return reader.match(pattern) ?? reader.fail(`expected ${what}`);
    },
    list(close, item) {
      const items: ReturnType<typeof item>[] = [];
      if (reader.take(close)) return items;
      do items.push(item());
      while (reader.take(','));
      reader.expect(close);
      return items;
    },
    fail(message) {
      const before = text.slice(0, position).split('\n');
      throw new Error(`graph text ${before.length}:${before[before.length - 1].length + 1}: ${message}, found '${text.slice(position, position + 20)}'`);
    },
    atEnd() {
      skip();
      return position === text.length;
    },
  };
  return reader;
}
