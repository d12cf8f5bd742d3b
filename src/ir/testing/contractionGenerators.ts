import { inferType } from '../infer.ts';
import type { OpAttributes } from '../ops.ts';
import { dilatedSize } from '../shapes.ts';
import { tensorType } from '../types.ts';
import type { Generator } from './generators.ts';
import type { Site } from './site.ts';

type Window = OpAttributes['select_and_scatter'];

/** Windows that fit the padded sizes; padding may crop. */
function randomWindow(site: Site, dims: readonly number[]): Window {
  const padding = dims.map((dim): readonly [number, number] => {
    const low = site.between(dim > 1 ? -1 : 0, 1);
    return [low, site.between(dim > 1 && low >= 0 ? -1 : 0, 1)];
  });
  return { window_dimensions: dims.map(() => site.between(1, 3)), window_strides: dims.map(() => site.between(1, 2)), padding };
}

const indicesOf = (list: readonly unknown[]) => list.map((_, i) => i);

/** The shape of indices whose vectors of `length` entries stand at `place` among `batch`. */
function indexShape(batch: readonly number[], place: number, length: number, implied: boolean): number[] {
  return implied ? [...batch] : [...batch.slice(0, place), length, ...batch.slice(place)];
}

export const contractionGenerators = {
  reduce_window: (site) => {
    const x = site.operand(['f32', 'i32'], site.shape(1));
    return site.emit('reduce_window', [x], { kind: site.element(['add', 'maximum']), ...randomWindow(site, x.dims) });
  },

  select_and_scatter: (site) => {
    const x = site.operand(['f32'], site.shape(1));
    const window = randomWindow(site, x.dims);
    const windows = inferType('reduce_window', [tensorType(x.dims)], { kind: 'maximum', ...window });
    const dims = windows.kind === 'tensor' ? windows.shape.dims.map(Number) : [];
    return site.emit('select_and_scatter', [x, site.shaped(dims)], window);
  },

  dot_general: (site) => {
    const lhs = site.operand(['f32', 'i32'], site.shape(1));
    const roles = lhs.dims.map(() => site.element(['contracting', 'free', 'batching'] as const));
    const batching = indicesOf(roles).filter((i) => roles[i] === 'batching');
    const contracting = indicesOf(roles).filter((i) => roles[i] === 'contracting');
    const paired = [...batching, ...contracting];
    const dims = [...paired.map((i) => lhs.dims[i]), ...site.shape(0, 2)];
    const order = site.shuffle(indicesOf(dims));
    const rhs = site.shaped(
      order.map((from) => dims[from]),
      lhs.dtype,
    );
    return site.emit('dot_general', [lhs, rhs], {
      lhs_batching_dimensions: batching,
      rhs_batching_dimensions: batching.map((_, i) => order.indexOf(i)),
      lhs_contracting_dimensions: contracting,
      rhs_contracting_dimensions: contracting.map((_, i) => order.indexOf(batching.length + i)),
    });
  },

  convolution: (site) => {
    const spatial = Array.from({ length: site.between(0, 3) }, (_, i) => String(i));
    const numbers = (letters: readonly string[]) => site.shuffle([...letters, ...spatial]).join('');
    const [input, kernel, output] = [numbers(['b', 'f']), numbers(['i', 'o']), numbers(['b', 'f'])];
    const lhs = site.operand(['f32'], site.shape(input.length, input.length), (dims) => dims.length === input.length);
    const batch = lhs.dims[input.indexOf('b')];
    const features = lhs.dims[input.indexOf('f')];
    const feature_group_count = features > 0 && features % 2 === 0 && site.rarely(2) ? 2 : 1;
    const batch_group_count = feature_group_count === 1 && batch > 0 && batch % 2 === 0 && site.rarely(2) ? 2 : 1;
    const groups = feature_group_count * batch_group_count;
    const kernelSize = (letter: string) => (letter === 'i' ? features / feature_group_count : letter === 'o' ? groups * site.between(1, 2) : site.between(1, 3));
    const rhs = site.shaped([...kernel].map(kernelSize));
    const lhs_dilation = spatial.map(() => site.between(1, 2));
    const padding = spatial.map((axis, i): readonly [number, number] => {
      const size = dilatedSize(lhs.dims[input.indexOf(axis)], lhs_dilation[i]);
      return size > 1 ? [site.between(-1, 2), site.between(-1, 2)] : [site.choose(3), site.choose(3)];
    });
    return site.emit('convolution', [lhs, rhs], {
      input,
      kernel,
      output,
      window_strides: spatial.map(() => site.between(1, 2)),
      padding,
      lhs_dilation,
      rhs_dilation: spatial.map(() => site.between(1, 2)),
      window_reversal: spatial.map(() => site.rarely(2)),
      feature_group_count,
      batch_group_count,
    });
  },

  gather: (site) => {
    const x = site.operand(['f32', 'i32'], site.shape(1), (dims) => dims.length > 0);
    const start_index_map = site.shuffle(site.subset(indicesOf(x.dims)));
    const collapsed_slice_dims = site.subset(indicesOf(x.dims).filter((i) => x.dims[i] > 0));
    const slice_sizes = x.dims.map((dim, i) => (collapsed_slice_dims.includes(i) ? 1 : site.between(Math.min(1, dim), dim)));
    const batch = site.shape(0, 2);
    const index_vector_dim = site.choose(batch.length + 1);
    const implied = start_index_map.length === 1 && index_vector_dim === batch.length && site.rarely(2);
    const indices = site.shaped(indexShape(batch, index_vector_dim, start_index_map.length, implied), 'i32');
    const windowRank = x.dims.length - collapsed_slice_dims.length;
    const offset_dims = site.shuffle(indicesOf([...batch, ...Array.from({ length: windowRank })])).slice(0, windowRank).sort((a, b) => a - b);
    return site.emit('gather', [x, indices], { offset_dims, collapsed_slice_dims, start_index_map, index_vector_dim, slice_sizes });
  },

  scatter: (site) => {
    const x = site.operand(['f32', 'i32'], site.shape(1), (dims) => dims.length > 0);
    const scatter_dims_to_operand_dims = site.shuffle(site.subset(indicesOf(x.dims)));
    const inserted_window_dims = site.subset(indicesOf(x.dims));
    const windows = x.dims.filter((_, i) => !inserted_window_dims.includes(i)).map((dim) => site.between(Math.min(1, dim), dim));
    const batch = site.shape(0, 2);
    const index_vector_dim = site.choose(batch.length + 1);
    const implied = scatter_dims_to_operand_dims.length === 1 && index_vector_dim === batch.length && site.rarely(2);
    const indices = site.shaped(indexShape(batch, index_vector_dim, scatter_dims_to_operand_dims.length, implied), 'i32');
    const rank = batch.length + windows.length;
    const update_window_dims = site.shuffle(Array.from({ length: rank }, (_, i) => i)).slice(0, windows.length).sort((a, b) => a - b);
    let window = 0;
    let outer = 0;
    const updateDims = Array.from({ length: rank }, (_, i) => (update_window_dims.includes(i) ? windows[window++] : batch[outer++]));
    const updates = site.shaped(updateDims, x.dtype);
    return site.emit('scatter', [x, indices, updates], { update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims, index_vector_dim });
  },
} satisfies Record<string, Generator>;
