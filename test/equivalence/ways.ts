import * as tf from '@tensorflow/tfjs';
import type { Player } from '../../src/dsl/ast.ts';
import { compile, type Objective } from '../../src/index.ts';
import { printGraph } from '../../src/ir/print.ts';
import type { PassContext } from '../../src/passes/pass.ts';
import { PASSES, runPasses } from '../../src/passes/pipeline.ts';
import { capturedOutcome } from './capturedOutcome.ts';
import { differences, listDifferences } from './compare.ts';
import { printedOutcome } from './printedModule.ts';
import type { RandomObjective } from './randomObjective.ts';
import { directionOf, PLAYERS, referenceSlope, referenceValues, runtimeOutcome, type Outcome } from './runs.ts';
import { createWorld, type World } from './world.ts';

/** One player's side of a specification, and what the runtime makes of it: losses, terms, and the gradient by the player's weights. */
export interface Given {
  readonly spec: RandomObjective;
  readonly objective: Objective;
  readonly world: World;
  readonly player: Player;
  readonly outcome: Outcome;
}

/** What is wrong, as text; empty where nothing is. `kink`: the specification stands where differences say nothing. */
export type Verdict = readonly string[] | 'kink';

/** Another way to the same values and gradients. */
export interface ObjectiveWay {
  readonly name: string;
  readonly run: (given: Given) => Verdict;
}

const NAMES = PASSES.map(({ name }) => name);
/** The least relative distance of float32 from float64 that is a mistake, and of two computations in float32. */
const FROM_REFERENCE = 1e-3;
const WITHIN = 1e-4;

function compared(expected: Outcome, found: Outcome, within: number): readonly string[] {
  return [...differences(expected.values, found.values, within), ...listDifferences('gradient', expected.gradient, found.gradient, within)];
}

/** Losses and the slope along a direction of the weights, by differences in float64. */
function againstReference({ objective, world, player, outcome }: Given): Verdict {
  const graph = objective.stages.graphs[player];
  const expected = referenceValues(graph, world);
  const slope = referenceSlope(graph, world, player, 1e-3);
  const finer = referenceSlope(graph, world, player, 2e-4);
  // at a kink a difference says nothing
  const stays = !graph.equations.some(({ op }) => op === 'gradient') || differences(expected, referenceValues(graph, world, 2e-4), FROM_REFERENCE / 4).length === 0;
  if (!stays || listDifferences('slope', [slope], [finer], FROM_REFERENCE / 4).length > 0) return 'kink';
  const along = directionOf(world, player).flat.reduce((sum, x, i) => sum + x * outcome.gradient[i], 0);
  return [...differences(expected, outcome.values, FROM_REFERENCE), ...listDifferences('slope', [slope], [along], FROM_REFERENCE)];
}

/** Values in float64 of the graph as it is lowered, and after all passes but one. */
function passesInReference({ objective: { stages }, world, player }: Given): Verdict {
  const graph = stages.graphs[player];
  const expected = referenceValues(graph, world);
  const seen = new Set([printGraph(graph)]);
  return ['none', ...NAMES].flatMap((left) => {
    const optimized = runPasses(graph, PASSES.filter(({ name }) => name !== left), { math: stages.typed.math, remark: () => undefined });
    const text = printGraph(optimized);
    if (seen.has(text)) return [];
    seen.add(text);
    const found = referenceValues(optimized, world);
    // fast math drops the values of terms that weigh nothing
    const kept = new Map([...expected].filter(([name]) => found.has(name) || stages.typed.math === 'strict'));
    return differences(kept, found, 1e-5).map((line) => `without ${left}: ${line}`);
  });
}

/** On tfjs without some passes. */
function without(passes: readonly string[]): ObjectiveWay['run'] {
  return ({ spec, objective, world, player, outcome }) => {
    const other = compile(spec.text, { without: passes });
    return other.emit('tfjs') === objective.emit('tfjs') ? [] : compared(runtimeOutcome(other, world, player), outcome, WITHIN);
  };
}

/** Under strict math and under fast, apart from terms that weigh nothing. */
function underFastMath({ spec, world, player }: Given): Verdict {
  const plain = spec.text.replace(/^math \w+\n/m, '');
  const [strict, fast] = [compile(`math strict\n${plain}`), compile(`math fast\n${plain}`)];
  if (strict.emit('tfjs').replace('math strict', 'math fast') === fast.emit('tfjs')) return [];
  const [expected, found] = [runtimeOutcome(strict, world, player), runtimeOutcome(fast, world, player)];
  const isTerm = ([name]: readonly [string, unknown]) => name.startsWith('term.');
  // the name of a term that is left may be shorter without the others, and then that of another: terms are compared where all are left
  const all = [...expected.values].filter(isTerm).length === [...found.values].filter(isTerm).length;
  const kept = new Map([...expected.values].filter((entry) => (all ? found.values.has(entry[0]) || !isTerm(entry) : !isTerm(entry))));
  const common = new Map([...found.values].filter(([name]) => kept.has(name)));
  return compared({ values: kept, gradient: expected.gradient }, { values: common, gradient: found.gradient }, WITHIN);
}

/** By compiled code; under fast math where everything is finite. */
function captured(target: 'wasm' | 'js', math: PassContext['math']): ObjectiveWay['run'] {
  return ({ objective, world, player, outcome }) => {
    const finite = [...outcome.values.values(), outcome.gradient].every((list) => list.every(Number.isFinite));
    return math === 'fast' && !finite ? [] : compared(outcome, capturedOutcome(target, objective, world, player, math), WITHIN);
  };
}

export const OBJECTIVE_WAYS: readonly ObjectiveWay[] = [
  { name: 'reference', run: againstReference },
  { name: 'printed module', run: ({ objective, world, player, outcome }) => compared(outcome, printedOutcome(objective, world, player), 0) },
  { name: 'passes in the reference', run: passesInReference },
  { name: 'without passes', run: without(NAMES) },
  ...NAMES.map((name): ObjectiveWay => ({ name: `without ${name}`, run: without([name]) })),
  { name: 'fast math', run: underFastMath },
  { name: 'captured to js', run: captured('js', 'strict') },
  { name: 'captured to wasm', run: captured('wasm', 'strict') },
  { name: 'captured to js, fast math', run: captured('js', 'fast') },
];

export function objectiveWay(name: string): ObjectiveWay {
  const found = OBJECTIVE_WAYS.find((way) => way.name === name);
  if (found === undefined) throw new Error(`there is no way '${name}'`);
  return found;
}

export interface ObjectiveFault {
  readonly spec: RandomObjective;
  readonly way: ObjectiveWay;
  readonly player: Player;
  readonly wrong: readonly string[];
}

export interface Tally {
  /** Sides of specifications that were compared with the reference, and how many of them stand at a kink. */
  checked: number;
  kinks: number;
}

/** The first way on which a specification comes out wrong, for either player. */
export function findObjectiveFault(ways: readonly ObjectiveWay[], spec: RandomObjective, tally: Tally = { checked: 0, kinks: 0 }): ObjectiveFault | null {
  const objective = compile(spec.text);
  tf.engine().startScope();
  const world = createWorld(spec.model, spec);
  try {
    for (const player of PLAYERS) {
      const given: Given = { spec, objective, world, player, outcome: runtimeOutcome(objective, world, player) };
      for (const way of ways) {
        const verdict = judged(way, given);
        if (way.name === 'reference') tally.checked += 1;
        if (verdict === 'kink') tally.kinks += 1;
        else if (verdict.length > 0) return { spec, way, player, wrong: verdict };
      }
    }
    return null;
  } finally {
    tf.dispose(Object.values(world.variables).flat());
    tf.engine().endScope();
  }
}

function judged(way: ObjectiveWay, given: Given): Verdict {
  try {
    return way.run(given);
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`];
  }
}
