/** The part of @jax-js/jax that the bench calls. Every use of an array consumes it, unless it is a `.ref`. */
export interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  readonly add: (other: JaxArray | number) => JaxArray;
  readonly sub: (other: JaxArray | number) => JaxArray;
  readonly mul: (other: JaxArray | number) => JaxArray;
  readonly div: (other: JaxArray | number) => JaxArray;
  readonly neg: () => JaxArray;
  readonly sum: (axes?: readonly number[]) => JaxArray;
  readonly mean: (axes?: readonly number[], options?: { readonly keepdims: boolean }) => JaxArray;
  readonly reshape: (shape: readonly number[]) => JaxArray;
  readonly data: () => Promise<Float32Array>;
  readonly dispose: () => void;
}

export type Tree = Readonly<Record<string, JaxArray>>;
export type Nets = Readonly<Record<string, Tree>>;

export interface Jax {
  readonly init: (device: string) => Promise<unknown>;
  readonly defaultDevice: (device: string) => unknown;
  readonly jit: <A extends readonly unknown[]>(fn: (...args: A) => unknown) => (...args: A) => unknown;
  readonly grad: (fn: (x: JaxArray) => JaxArray) => (x: JaxArray) => JaxArray;
  readonly valueAndGrad: <A extends readonly unknown[]>(fn: (...args: A) => JaxArray) => (...args: A) => unknown;
  readonly tree: {
    readonly map: <T>(fn: (...leaves: JaxArray[]) => JaxArray, ...trees: T[]) => T;
    readonly leaves: (tree: unknown) => readonly JaxArray[];
    readonly dispose?: (tree: unknown) => void;
  };
  readonly lax: {
    readonly convGeneralDilated: (x: JaxArray, kernel: JaxArray, strides: readonly number[], padding: readonly (readonly number[])[], options?: { readonly lhsDilation: readonly number[] }) => JaxArray;
  };
  readonly numpy: {
    readonly array: (data: Float32Array | number) => JaxArray;
    readonly zeros: (shape: readonly number[]) => JaxArray;
    readonly dot: (a: JaxArray, b: JaxArray) => JaxArray;
    readonly maximum: (a: JaxArray, b: JaxArray | number) => JaxArray;
    readonly where: (condition: JaxArray, a: JaxArray, b: JaxArray) => JaxArray;
    readonly greater: (a: JaxArray, b: JaxArray | number) => JaxArray;
    readonly square: (x: JaxArray) => JaxArray;
    readonly sqrt: (x: JaxArray) => JaxArray;
    readonly exp: (x: JaxArray) => JaxArray;
    readonly log1p: (x: JaxArray) => JaxArray;
    readonly tanh: (x: JaxArray) => JaxArray;
    readonly absolute: (x: JaxArray) => JaxArray;
  };
}
