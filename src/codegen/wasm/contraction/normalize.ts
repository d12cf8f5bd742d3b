import type { ContractionKernel } from '../../../schedule/types.ts';

type Window = ContractionKernel['windows'][number];

/** A load of the epilogue or a store: strides by what the dimensions are, in elements. */
export interface Place {
  readonly offset: number;
  readonly batch: readonly number[];
  readonly rows: readonly number[];
  readonly column: number;
}

/** A dimension of lhs and the result: plain, or positions of a window. */
export interface RowDimension {
  readonly size: number;
  readonly lhs: number;
  readonly window: Window | null;
}

export interface ContractedDimension {
  readonly size: number;
  readonly lhs: number;
  readonly rhs: number;
}

/**
 * A contraction with as few dimensions as it can have: windows of one tap are plain rows, neighbours that all operands run through in
 * one stride are one dimension, columns are one dimension (those outside of it are batches, of which lhs has one).
 */
export interface Normalized {
  readonly lhsOffset: number;
  readonly rhsOffset: number;
  readonly batch: readonly { readonly size: number; readonly lhs: number; readonly rhs: number }[];
  readonly rows: readonly RowDimension[];
  readonly contracted: readonly ContractedDimension[];
  readonly columns: { readonly size: number; readonly rhs: number };
  /** The epilogue's loads in the order of its nodes, then the stores. */
  readonly places: readonly Place[];
}

export function normalize(kernel: ContractionKernel): Normalized {
  const loads = kernel.epilogue.flatMap((node) => (node.kind === 'load' ? [node.access] : []));
  const accesses = [...loads, ...kernel.stores];
  const [batchCount, rowCount] = [kernel.batch.length, kernel.rows.length + kernel.windows.length];
  let lhsOffset = kernel.lhs.offset;

  // every dimension with its stride in each access
  const along = (d: number) => accesses.map(({ strides }) => strides[d]);
  const batch = kernel.batch.map((dim, i) => ({ ...dim, places: along(i) }));
  const plain = kernel.rows.map((dim, i) => ({ ...dim, window: null, places: along(batchCount + i) }));
  const windows = kernel.windows.map((window, i) => {
    const places = along(batchCount + kernel.rows.length + i);
    const isPlain = window.taps === 1 && window.dilation === 1 && window.low <= 0 && (window.size - 1) * window.stride - window.low < window.inputSize;
    if (!isPlain) return { size: window.size, lhs: 0, window, places };
    lhsOffset -= window.low * window.lhs;
    return { size: window.size, lhs: window.stride * window.lhs, window: null, places };
  });
  const rows = mergeNeighbours([...plain, ...windows].filter(({ size, window }) => size !== 1 || window !== null), (outer, inner) =>
    outer.window === null && inner.window === null && outer.lhs === inner.lhs * inner.size && chained(outer.places, inner.places, inner.size),
  );
  const columns = mergeNeighbours(
    kernel.columns.map((dim, i) => ({ ...dim, lhs: 0, places: along(batchCount + rowCount + i) })).filter(({ size }) => size !== 1),
    (outer, inner) => outer.rhs === inner.rhs * inner.size && chained(outer.places, inner.places, inner.size),
  );
  const column = columns.at(-1) ?? { size: 1, rhs: 0, lhs: 0, places: accesses.map(() => 0) };
  const batches = [...batch.filter(({ size }) => size !== 1), ...columns.slice(0, -1)];
  const contracted = mergeNeighbours(kernel.contracted.filter(({ size }) => size !== 1), (outer, inner) => outer.lhs === inner.lhs * inner.size && outer.rhs === inner.rhs * inner.size);
  return {
    lhsOffset,
    rhsOffset: kernel.rhs.offset,
    batch: batches.map(({ size, lhs, rhs }) => ({ size, lhs, rhs })),
    rows: rows.map(({ size, lhs, window }) => ({ size, lhs, window })),
    contracted,
    columns: { size: column.size, rhs: column.rhs },
    places: accesses.map(({ offset }, i) => ({ offset, batch: batches.map(({ places }) => places[i]), rows: rows.map(({ places }) => places[i]), column: column.places[i] })),
  };
}

function chained(outer: readonly number[], inner: readonly number[], size: number): boolean {
  return outer.every((stride, i) => stride === inner[i] * size);
}

/** Each dimension that continues the one inside of it, as one with it. */
function mergeNeighbours<D extends { readonly size: number }>(dimensions: readonly D[], continues: (outer: D, inner: D) => boolean): readonly D[] {
  const merged: D[] = [];
  for (const dim of [...dimensions].reverse()) {
    const inner = merged[0];
    if (inner !== undefined && continues(dim, inner)) merged[0] = { ...inner, size: inner.size * dim.size };
    else merged.unshift(dim);
  }
  return merged;
}
