/** Changes to what tfjs shares with all code, and how to take them back: in reverse order. */
export interface UndoStack {
  /** Replaces a property of an object; a method inherited from its prototype is shadowed. */
  readonly replace: <T extends object, K extends keyof T>(object: T, key: K, value: T[K]) => void;
  readonly add: (undo: () => void) => void;
  readonly undo: () => void;
}

export function createUndoStack(): UndoStack {
  const undos: (() => void)[] = [];
  return {
    replace(object, key, value) {
      const own = Object.getOwnPropertyDescriptor(object, key);
      undos.push(() => {
        if (own === undefined) Reflect.deleteProperty(object, key);
        else Object.defineProperty(object, key, own);
      });
      Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: own?.enumerable ?? false });
    },
    add: (undo) => void undos.push(undo),
    undo() {
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) undo();
    },
  };
}
