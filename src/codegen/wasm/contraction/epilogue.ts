import { invariant } from '../../../support/invariant.ts';
import type { Access, ContractionKernel, Node, Store } from '../../../schedule/types.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import type { Local } from '../assembler/instruction.ts';
import type { EmitTools } from '../kernelContext.ts';
import { applyOp } from '../loops/applyOp.ts';

/** How an epilogue's load or store reaches the elements of a tile: row r, vector j. */
export interface TilePlace {
  /** The address of row r's first element, and bytes to add. */
  readonly row: (r: number) => { readonly pointer: Local; readonly offset: number };
  /** Bytes from one lane to the next, and from one vector to the next. */
  readonly lane: number;
  readonly vector: number;
  /** Whether rows differ in it. */
  readonly byRow: boolean;
}

export interface Tile {
  readonly rows: number;
  readonly vectors: number;
  /** Lanes of a vector that hold results. */
  readonly lanes: number;
  readonly accumulator: (r: number, j: number) => Local;
}

/** The epilogue's loads in the order of its nodes. */
export function loadsOfEpilogue({ epilogue }: ContractionKernel): readonly Access[] {
  return epilogue.flatMap((node) => (node.kind === 'load' ? [node.access] : []));
}

/** Computes the epilogue of a tile from its accumulators and stores it. `places`: those of the loads, then those of the stores. */
export function emitEpilogue(fn: FunctionBuilder, tools: EmitTools, kernel: Pick<ContractionKernel, 'epilogue' | 'stores'>, tile: Tile, places: readonly TilePlace[]): void {
  const { epilogue, stores } = kernel;
  const loads = epilogue.flatMap((node, i) => (node.kind === 'load' ? [i] : []));
  const placeOfLoad = new Map(loads.map((node, k) => [node, places[k]]));
  const byRow = rowDependence(epilogue, (node) => placeOfLoad.get(node)?.byRow ?? false);
  const shared = new Map<string, Local>();
  for (let j = 0; j < tile.vectors; j++) {
    for (let r = 0; r < tile.rows; r++) {
      const own = new Map<number, Local>();
      const value = (node: number): Local => {
        const known = byRow[node] ? own.get(node) : shared.get(`${j} ${node}`);
        if (known !== undefined) return known;
        const local = emitNode(node);
        if (epilogue[node].kind !== 'accumulator') {
          if (byRow[node]) own.set(node, local);
          else shared.set(`${j} ${node}`, local);
        }
        return local;
      };
      const emitNode = (index: number): Local => {
        const node = epilogue[index];
        if (node.kind === 'accumulator') return tile.accumulator(r, j);
        const args = node.kind === 'apply' ? node.args.map(value) : [];
        pushNode(fn, tools, epilogue, node, args, () => loadVector(fn, placeOfLoad.get(index) as TilePlace, r, j, tile.lanes));
        const local = fn.local('v128', 'e');
        fn.set(local);
        return local;
      };
      stores.forEach((store, k) => storeVector(fn, epilogue, store, value(store.node), places[loads.length + k], r, j, tile.lanes));
      fn.release(...own.values());
    }
  }
  fn.release(...shared.values());
}

function rowDependence(nodes: readonly Node[], loadByRow: (node: number) => boolean): readonly boolean[] {
  const dependent: boolean[] = [];
  nodes.forEach((node, i) => {
    dependent.push(node.kind === 'accumulator' || (node.kind === 'load' && loadByRow(i)) || (node.kind === 'apply' && node.args.some((arg) => dependent[arg])));
  });
  return dependent;
}

function pushNode(fn: FunctionBuilder, tools: EmitTools, nodes: readonly Node[], node: Node, args: readonly Local[], load: () => void): void {
  switch (node.kind) {
    case 'load':
      load();
      if (node.dtype !== 'i1') return;
      // stored as 0 and 1, a mask of all bits here
      fn.i32x4Const(0);
      fn.i32x4Ne();
      return;
    case 'constant':
      if (node.dtype === 'f32') fn.f32x4Const(node.value);
      else fn.i32x4Const(node.dtype === 'i1' ? -node.value : node.value);
      return;
    case 'apply':
      applyOp(node, {
        fn,
        tools,
        push: (k) => fn.get(args[k]),
        dtype: (k) => nodes[node.args[k]].dtype,
        constant: (k) => {
          const operand = nodes[node.args[k]];
          return operand.kind === 'constant' ? operand.value : undefined;
        },
      });
      return;
    default:
      invariant(false, `${node.kind} in the epilogue of a contraction`);
  }
}

/** An address on the stack, and the constant offset that is left for the instruction. */
function pushAddress(fn: FunctionBuilder, { pointer, offset }: { readonly pointer: Local; readonly offset: number }, more: number): number {
  fn.get(pointer);
  const total = offset + more;
  if (total >= 0) return total;
  fn.i32Const(total);
  fn.i32Add();
  return 0;
}

function loadVector(fn: FunctionBuilder, place: TilePlace, r: number, j: number, lanes: number): void {
  const row = place.row(r);
  if (place.lane === 0) return void fn.v128Load32Splat(pushAddress(fn, row, j * place.vector));
  if (place.lane === 4 && lanes === 4) return void fn.v128Load(pushAddress(fn, row, j * place.vector), 2);
  fn.i32x4Const(0);
  const vector = fn.local('v128', 'l');
  fn.set(vector);
  for (let lane = 0; lane < lanes; lane++) {
    const offset = pushAddress(fn, row, j * place.vector + lane * place.lane);
    fn.get(vector);
    fn.v128LoadLane(32, offset, lane);
    fn.set(vector);
  }
  fn.get(vector);
  fn.release(vector);
}

function storeVector(fn: FunctionBuilder, nodes: readonly Node[], store: Store, value: Local, place: TilePlace, r: number, j: number, lanes: number): void {
  const row = place.row(r);
  const push = (): void => {
    fn.get(value);
    if (nodes[store.node].dtype !== 'i1') return;
    fn.i32x4Const(1);
    fn.v128And();
  };
  if (place.lane === 4 && lanes === 4) {
    const offset = pushAddress(fn, row, j * place.vector);
    push();
    fn.v128Store(offset, 2);
    return;
  }
  for (let lane = 0; lane < lanes; lane++) {
    const offset = pushAddress(fn, row, j * place.vector + lane * place.lane);
    push();
    fn.v128StoreLane(32, offset, lane);
  }
}
