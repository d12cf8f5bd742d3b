import type * as tf from '@tensorflow/tfjs';
import type { Diagnostic } from './support/diagnostic.ts';
import type { File } from './dsl/ast.ts';
import { scalarValue, stepsToCheck } from './dsl/check/weight.ts';
import type { TypedObjective } from './dsl/typed.ts';
import type { Graph } from './ir/graph.ts';
import { placesOf, type PlayerGraphs } from './lower/lower.ts';
import type { Remark } from './passes/pass.ts';
import type { Program } from './codegen/tfjs/program.ts';
import { computeLosses, type Losses, type LossOptions } from './runtime/losses.ts';
import type { Batch, Networks } from './runtime/models/model.ts';
import type { RunnableObjective, RunnableTerm } from './runtime/runnable.ts';
import { emit, type EmitKind } from './emit.ts';
import { hooksOf } from './dsl/hooksOf.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Everything that the stages made of a specification; each part can be printed by `emit`. */
export interface Stages {
  readonly file: File;
  readonly typed: TypedObjective;
  readonly graphs: PlayerGraphs;
  readonly optimized: { readonly generator: Graph; readonly discriminator: Graph };
  readonly program: Program;
}

/** A compiled objective. Immutable; one objective serves any number of trainers. */
export interface Objective extends RunnableObjective {
  /** The objective's expression as the specification has it. */
  readonly text: string;
  readonly stages: Stages;
  /** Warnings and notes; errors prevent compilation. */
  readonly diagnostics: readonly Diagnostic[];
  /** What the passes removed, merged or left alone, and why. */
  readonly remarks: readonly Remark[];
  /** A stage as text. The same specification gives the same bytes. */
  readonly emit: (kind: EmitKind) => string;
  /**
   * Both players' losses on a batch, differentiable by tfjs's tape: call it inside tf.tidy or tf.variableGrads, after
   * `installGradients()`. Networks run in training mode; the pool setting belongs to trainers and is not applied here.
   */
  readonly losses: (networks: Networks, batch: Batch, options?: LossOptions) => Losses;
  /** The generator's loss alone: what is not needed for it is not computed. */
  readonly generatorLoss: (networks: Networks, batch: Batch, options?: LossOptions) => tf.Tensor;
  /** The discriminator's loss alone, with the generator's output as a constant. */
  readonly discriminatorLoss: (networks: Networks, batch: Batch, options?: LossOptions) => tf.Tensor;
}

export function createObjective(stages: Stages, diagnostics: readonly Diagnostic[], remarks: readonly Remark[]): Objective {
  const { typed, program } = stages;
  const runnable: RunnableObjective = {
    model: typed.model,
    params: Object.fromEntries(typed.params.map((param) => [param.name, param.default])),
    inputs: typed.inputs.map((input) => input.name),
    hooks: hooksOf(typed),
    pool: typed.pool === null ? null : { size: typed.pool.size, probability: typed.pool.probability },
    weightClip: typed.weightClip,
    program,
    terms: typed.summands.flatMap((summand): RunnableTerm[] =>
      placesOf(typed, summand.instance).map(({ name }) => ({
        player: summand.player,
        name,
        weight: (params, step) => scalarValue(summand.weight, new Map(Object.entries(params)), step),
        stepsToCheck: stepsToCheck([summand.weight]),
        every: summand.instance.every,
        nonnegative: summand.instance.modifier !== null,
      })),
    ),
    fingerprint: fingerprintOf(typed),
  };
  return {
    ...runnable,
    text: typed.text,
    stages,
    diagnostics,
    remarks,
    emit: (kind) => emit(kind, stages),
    losses: (networks, batch, options) => computeLosses(runnable, networks, batch, ['generator', 'discriminator'], options),
    generatorLoss: (networks, batch, options) => computeLosses(runnable, networks, batch, ['generator'], options).generator,
    discriminatorLoss: (networks, batch, options) => computeLosses(runnable, networks, batch, ['discriminator'], options).discriminator,
  };
}
