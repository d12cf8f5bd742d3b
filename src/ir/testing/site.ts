import type { Builder } from '../builder.ts';
import type { ValueId } from '../graph.ts';
import { inferType } from '../infer.ts';
import type { OpAttributes, OpKind } from '../ops.ts';
import { elementCount } from '../shapes.ts';
import type { DType, OpaqueType, Type } from '../types.ts';
import { opaqueType, tensorType } from '../types.ts';
import type { Choices } from './choices.ts';

/** A value with its static shape. */
export interface Operand {
  readonly id: ValueId;
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** Where a random graph grows: what is there, and how to add to it. */
export interface Site extends Choices {
  /** Whether operands are kept where functions are smooth and moderate. */
  readonly tame: boolean;
  /** A value of one of `dtypes` that satisfies `fits`: mostly one that is there, else an input of `fallback`'s shape. */
  readonly operand: (dtypes: readonly DType[], fallback: readonly number[], fits?: (dims: readonly number[]) => boolean) => Operand;
  /** A value of exactly this shape. */
  readonly shaped: (dims: readonly number[], dtype?: DType) => Operand;
  readonly opaque: (name: OpaqueType['name']) => ValueId;
  /** A small shape, with sizes 0 now and then. */
  readonly shape: (least?: number, most?: number) => number[];
  readonly size: () => number;
  readonly number: () => number;
  /** Appends an equation; null where the result would be too large. */
  readonly emit: <K extends OpKind>(op: K, operands: readonly (Operand | ValueId)[], attributes: OpAttributes[K]) => ValueId | null;
}

export interface SiteOptions {
  readonly tame: boolean;
  /** No tensor has more elements. */
  readonly largest: number;
}

const NUMBERS = [1, -1, 0, 0.5, -2, 3, 1e-3, -0.25];
const ODD_NUMBERS = [NaN, Infinity, -Infinity, -0, 1e30, 5e-324];

export function createSite(builder: Builder, choices: Choices, options: SiteOptions): Site {
  const tensors: Operand[] = [];
  const opaques: { readonly id: ValueId; readonly name: OpaqueType['name'] }[] = [];
  let inputs = 0;

  const remember = (id: ValueId, type: Type): ValueId => {
    if (type.kind === 'opaque') opaques.push({ id, name: type.name });
    else if (!type.shape.open && type.shape.dims.every((dim) => typeof dim === 'number')) tensors.push({ id, dtype: type.dtype, dims: type.shape.dims.map(Number) });
    return id;
  };
  const input = (type: Type) => remember(builder.input(`x${inputs++}`, type), type);

  const site: Site = {
    ...choices,
    tame: options.tame,
    operand(dtypes, fallback, fits = () => true) {
      const candidates = tensors.filter(({ dtype, dims }) => dtypes.includes(dtype) && fits(dims));
      // the latest come first, so that graphs grow deep
      if (candidates.length > 0 && !site.rarely(5)) return candidates[candidates.length - 1 - site.choose(Math.min(4, candidates.length))];
      return site.shaped(fallback, dtypes[0]);
    },
    shaped(dims, dtype = 'f32') {
      const same = tensors.filter((value) => value.dtype === dtype && value.dims.length === dims.length && value.dims.every((dim, i) => dim === dims[i]));
      if (same.length > 0 && !site.rarely(4)) return same[same.length - 1 - site.choose(same.length)];
      return { id: input(tensorType(dims, { dtype })), dtype, dims };
    },
    opaque(name) {
      const same = opaques.filter((value) => value.name === name);
      return same.length > 0 ? site.element(same).id : input(opaqueType(name));
    },
    size: () => (site.rarely(16) ? 0 : site.between(1, 3)),
    shape: (least = 0, most = 3) => Array.from({ length: site.between(least, most) }, () => site.size()),
    number: () => (!options.tame && site.rarely(6) ? site.element(ODD_NUMBERS) : site.element(NUMBERS)),
    emit(op, operands, attributes) {
      const ids = operands.map((operand) => (typeof operand === 'number' ? operand : operand.id));
      const type = inferType(op, ids.map(builder.typeOf), attributes);
      const size = type.kind === 'tensor' && !type.shape.open ? elementCount(type.shape.dims) : 0;
      if (size !== null && size > options.largest) return null;
      // `emit` takes attributes as a rest argument of a conditional type, which a generic K leaves unresolved
      const emit = builder.emit as (kind: K0, values: readonly ValueId[], given: OpAttributes[K0]) => ValueId;
      return remember(emit(op as K0, ids, attributes as OpAttributes[K0]), type);
    },
  };
  return site;
}

/** Any one op that has attributes stands for all in the cast above. */
type K0 = 'reduce';
