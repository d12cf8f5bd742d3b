/** WebAssembly's types of values, as far as ganloss uses them. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

export const VALUE_TYPE_CODES: { readonly [T in ValueType]: number } = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** `'i32 v128 -> v128'` as a function type. */
export function functionType(text: string): FunctionType {
  const [params, results] = text.split('->').map((part) => part.split(' ').filter((word) => word !== '') as ValueType[]);
  return { params, results };
}
