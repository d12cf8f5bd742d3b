/** `f32` is the only float type of a program; the reference evaluation computes it in float64. */
export type DType = 'f32' | 'i32' | 'i1';

/** A number, or a symbol for one that binding decides (`n`, the batch). Equal symbols are equal sizes. */
export type Dim = number | string;

/**
 * A shape. `open` means that further, unknown dimensions follow: `f32[n, ...]` is `{ dims: ['n'], open: true }`.
 * A fully unknown tensor is `{ dims: [], open: true }`; a scalar is `{ dims: [], open: false }`.
 */
export interface Shape {
  readonly dims: readonly Dim[];
  readonly open: boolean;
}

export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * What only the binding knows: `any` is what a network takes beside its data (a tensor, or a list of them),
 * `outputs` all heads of one call of a network, `list` a list of tensors, `distributions` a list of distributions.
 */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly name: 'any' | 'outputs' | 'list' | 'distributions';
}

export type Type = TensorType | OpaqueType;

export const SCALAR_SHAPE: Shape = { dims: [], open: false };
export const UNKNOWN_SHAPE: Shape = { dims: [], open: true };

export function tensorType(dims: readonly Dim[], options: { readonly open?: boolean; readonly dtype?: DType } = {}): TensorType {
  return { kind: 'tensor', dtype: options.dtype ?? 'f32', shape: { dims, open: options.open ?? false } };
}

export function opaqueType(name: OpaqueType['name']): OpaqueType {
  return { kind: 'opaque', name };
}

export function isScalar(type: Type): boolean {
  return type.kind === 'tensor' && !type.shape.open && type.shape.dims.length === 0;
}

/** Whether every dimension is a number. */
export function isStatic(type: Type): boolean {
  return type.kind === 'tensor' && !type.shape.open && type.shape.dims.every((dim) => typeof dim === 'number');
}

/** `f32[n, ...]`, `i1[4, 3]`, `any`. */
export function formatType(type: Type): string {
  if (type.kind === 'opaque') return type.name;
  const dims = type.shape.dims.map(String);
  return `${type.dtype}[${(type.shape.open ? [...dims, '...'] : dims).join(', ')}]`;
}
