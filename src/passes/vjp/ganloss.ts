import { customGradient } from './customGradient.ts';
import { differentiable, opaque, zero, type VjpTable } from './rule.ts';

const UNKNOWN_LENGTH = 'how many tensors there are, only the binding knows';

/** ganloss's own ops: networks and what comes out of them, state, draws. */
export const GANLOSS_VJP: Pick<
  VjpTable,
  | 'rng_uniform' | 'rng_normal' | 'network_call' | 'get_tuple_element' | 'log_prob' | 'mean_of_each' | 'network_weights' | 'hook_call' | 'as_list' | 'each' | 'sum_of_each' | 'singular_start' | 'singular_vector' | 'spectral_norm' | 'gradient' | 'stop_gradient'
  | 'optimization_barrier' | 'custom_vjp' | 'param' | 'schedule' | 'every' | 'state_read' | 'state_write' | 'state_pool'
> = {
  rng_uniform: zero('a draw depends on the shape only'),
  rng_normal: zero('a draw depends on the shape only'),
  network_call: opaque('the network is a function that only the binding knows'),
  get_tuple_element: opaque('the head belongs to a network that only the binding knows'),
  network_weights: zero('it has no operands'),
  hook_call: opaque('the hook is a function that only the binding knows'),
  as_list: opaque(UNKNOWN_LENGTH),
  each: opaque(UNKNOWN_LENGTH),
  sum_of_each: opaque(UNKNOWN_LENGTH),
  singular_start: zero('it depends on the shape only'),
  singular_vector: zero('it counts as a constant'),
  spectral_norm: opaque('its gradient is an outer product in the shape of the weights, which only the binding knows'),
  log_prob: opaque('the distribution belongs to a network that only the binding knows'),
  mean_of_each: opaque('how many codes there are, only the binding knows'),
  gradient: opaque('the gradient inside it passes through an opaque network'),
  stop_gradient: zero('it stops gradients'),
  optimization_barrier: differentiable(({ cotangent }) => cotangent),
  custom_vjp: differentiable(customGradient, { inert: 'values_and_gradients' }),
  param: zero('it has no operands'),
  schedule: zero('it has no operands'),
  every: differentiable(({ builder, cotangent, equation }) => builder.emit('every', [cotangent], equation.attributes), { inert: 'all_but_first' }),
  state_read: zero('state has no gradient'),
  state_write: differentiable(({ cotangent }) => cotangent),
  state_pool: zero('a pool has no gradient'),
};
