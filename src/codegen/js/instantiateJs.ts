/** What a module of `compileJs` exports. */
export type JsInstance = Readonly<Record<string, () => void>>;

/**
 * Evaluates a module of `compileJs` in this process.
 *
 * @param memory of at least the module's `end` bytes, a multiple of 4, with its `data` in place
 * @throws Error where the page's content security policy forbids code from text
 */
export function instantiateJs(source: string, memory: ArrayBuffer | SharedArrayBuffer): JsInstance {
  const body = source.replace(/^export function instantiate\b/m, 'return function instantiate');
  try {
    const instantiate = (new Function(body) as () => (given: typeof memory) => JsInstance)();
    return instantiate(memory);
  } catch (error) {
    // CSP without 'unsafe-eval': HostEnsureCanCompileStrings throws an EvalError
    if (!(error instanceof EvalError)) throw error;
    throw new Error("the target 'js' makes code from text, which this page's content security policy forbids: allow 'unsafe-eval', use the target 'wasm', or compile ahead of time to a module", { cause: error });
  }
}
