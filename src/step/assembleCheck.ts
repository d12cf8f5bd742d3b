import { createBuilder } from '../ir/builder.ts';
import type { Graph } from '../ir/graph.ts';
import { tensorType } from '../ir/types.ts';
import { APPLY_NAMES, type UpdateRun } from './assembleApply.ts';

/**
 * Whether all numbers of a player's update are finite, as f32 1 or 0 (output `finite`): its loss (input `loss`) and its gradients
 * (`gradient.<run>`).
 */
export function assembleCheck(name: string, runs: readonly UpdateRun[]): Graph {
  const builder = createBuilder(name);
  let largest = builder.emit('abs', [builder.input('loss', tensorType([]))]);
  for (const { name: run, length, reached } of runs) {
    if (!reached || length === 0) continue;
    const gradient = builder.input(APPLY_NAMES.gradient(run), tensorType([length]));
    // of a maximum NaN and infinity are not lost, and unlike a sum it does not overflow
    const most = builder.emit('reduce', [builder.emit('abs', [gradient])], { kind: 'maximum', axes: [0] });
    largest = builder.emit('maximum', [largest, most]);
  }
  const finite = builder.emit('convert', [builder.emit('is_finite', [largest])], { dtype: 'f32' });
  return builder.finish([{ name: 'finite', value: finite }]);
}
