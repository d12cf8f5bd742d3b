import { differentiable, opaque, zero, type VjpTable } from './rule.ts';

/** ganloss's own ops: networks and what comes out of them, state, draws. */
export const GANLOSS_VJP: Pick<
  VjpTable,
  | 'rng_uniform' | 'rng_normal' | 'network_call' | 'get_tuple_element' | 'log_prob' | 'mean_of_each' | 'gradient' | 'stop_gradient'
  | 'optimization_barrier' | 'param' | 'schedule' | 'every' | 'state_read' | 'state_write' | 'state_pool'
> = {
  rng_uniform: zero('a draw depends on the shape only'),
  rng_normal: zero('a draw depends on the shape only'),
  network_call: opaque('the network is a function that only the binding knows'),
  get_tuple_element: opaque('the head belongs to a network that only the binding knows'),
  log_prob: opaque('the distribution belongs to a network that only the binding knows'),
  mean_of_each: opaque('how many codes there are, only the binding knows'),
  gradient: opaque('the gradient inside it passes through an opaque network'),
  stop_gradient: zero('it stops gradients'),
  optimization_barrier: differentiable(({ cotangent }) => cotangent),
  param: zero('it has no operands'),
  schedule: zero('it has no operands'),
  every: differentiable(({ builder, cotangent, equation }) => builder.emit('every', [cotangent], equation.attributes), { inert: 'all_but_first' }),
  state_read: zero('state has no gradient'),
  state_write: differentiable(({ cotangent }) => cotangent),
  state_pool: zero('a pool has no gradient'),
};
