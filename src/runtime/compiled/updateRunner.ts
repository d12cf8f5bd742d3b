import * as tf from '@tensorflow/tfjs';
import { SpecError } from '../../support/diagnostic.ts';
import type { PassContext } from '../../passes/pass.ts';
import { MODEL_ADAPTERS } from '../models/adapters.ts';
import { fail } from '../models/fail.ts';
import type { Inputs, PlayerName } from '../models/model.ts';
import { createSampler, disposeEvaluation, poolInputs, type Trial } from '../trainer/evaluatePlayer.ts';
import { NON_FINITE_HINT } from '../trainer/explainNonFinite.ts';
import type { Memory } from '../trainer/memory.ts';
import { randomOf } from '../trainer/options.ts';
import type { Update } from '../trainer/plan.ts';
import type { Players } from '../trainer/players.ts';
import { applyUpdate, evaluateChecked, type UpdateRecord } from '../trainer/update.ts';
import { argumentTensors, captureLoss, foreignVariables, INPUT_NAMES, type CaptureContext, type CapturedLoss, type LossSource } from './captureLoss.ts';
import { compileUpdate, type CompiledPart, type CompiledUpdate } from './compileUpdate.ts';
import { makeSamples } from './makeSamples.ts';
import type { Routes } from './routes.ts';
import type { Session } from './session.ts';
import { allFinite, throughSamples, type Through } from './throughSamples.ts';
import { circumstancesOf, signatureOf } from './updateKey.ts';

export interface UpdateRunnerOptions {
  readonly players: Players;
  readonly memory: Memory;
  readonly routes: Routes;
  readonly warn: (message: string) => void;
}

export interface UpdateRunner {
  /** One update: its players are differentiated at the same weights, then their optimisers are applied. */
  readonly run: (session: Session, trial: Trial, update: Update) => Promise<readonly UpdateRecord[]>;
}

/** A player's part of an update that was evaluated, and may be applied. */
interface Evaluated {
  readonly record: UpdateRecord;
  readonly apply: () => void;
  readonly release: () => void;
}

/** Code for one update: what was captured, compiled, and what it is called with. */
interface Prepared {
  readonly compiled: CompiledUpdate;
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
}

const NOTHING = (): void => undefined;

export function createUpdateRunner({ players, memory, routes, warn }: UpdateRunnerOptions): UpdateRunner {
  /** Update kinds and circumstances of which there is code, and for which batches. */
  const batches = new Map<string, Set<string>>();

  /** Says once for each that there is another batch shape. */
  const noteBatch = (kind: string, signature: string): void => {
    const known = batches.get(kind) ?? new Set();
    batches.set(kind, known);
    if (known.size > 0 && !known.has(signature)) warn(`another shape of batch, ${signature}: the step is compiled for it, too`);
    known.add(signature);
  };

  function contextOf(session: Session, { objective, networks, settings, params, step }: Trial): CaptureContext {
    session.pushWeights();
    return { objective, networks, settings, params, variables: session.variables(), stepsDone: step - 1, states: session.states.present() };
  }

  /** The code of a loss of these players, from the cache where it is there. @throws SpecError GL5005 */
  function prepare(session: Session, trial: Trial, names: readonly PlayerName[], source: LossSource, by: readonly string[] = []): Prepared {
    const inputs = source.kind === 'batch' ? source.batch : source.inputs;
    const signature = signatureOf(inputs);
    const kind = `${names.join('+')} ${source.kind} ${by.join()} ${circumstancesOf(trial, names, session.persistent, session.states)}`;
    const compiled = session.cached(`${kind} ${signature}`, () => {
      noteBatch(kind, signature);
      const context = contextOf(session, trial);
      const parts = names.map((player) => ({ player, loss: captureLoss(player, source, context), by }));
      requireIndependent(parts.map(({ loss }) => loss));
      return compileUpdate(parts, {
        machine: session.machine,
        persistent: session.persistent,
        states: session.states,
        foreign: foreignVariables(context),
        weightClip: trial.objective.weightClip,
        ema: trial.settings.ema === null ? null : 1 - trial.settings.ema,
        context: PASS_CONTEXT,
      });
    });
    return { compiled, tensors: argumentTensors(inputs) };
  }

  function runCompiled({ compiled, tensors }: Prepared, { settings, params, step, update }: Trial): readonly CompiledPart[] {
    compiled.run({ tensors, settings, params, step, update });
    return compiled.parts;
  }

  /** Looks at whether a part is finite, and takes over what its forward pass changed. */
  async function check(session: Session, trial: Trial, part: CompiledPart, before: ReturnType<Memory['contents']>): Promise<Evaluated> {
    const record = { player: part.player, report: part.report(), skipped: false };
    if (trial.settings.onNaN === 'ignore' || part.finite()) {
      part.commit();
      return { record, apply: part.apply, release: NOTHING };
    }
    // the pools are as before, too
    memory.set({ pools: before.pools });
    if (trial.settings.onNaN === 'skip') return { record: { ...record, skipped: true }, apply: NOTHING, release: NOTHING };
    return explain(session, trial, part.player);
  }

  /** Runs the update once more on the tape, which tells what is not finite. @throws SpecError GL6001 */
  async function explain(session: Session, trial: Trial, name: PlayerName): Promise<never> {
    session.push();
    const { evaluation } = await evaluateChecked(trial, players, players[name], null);
    disposeEvaluation(evaluation);
    const message = `${name}, step ${trial.step}: the loss or a gradient is not finite`;
    throw new SpecError(message, [{ code: 'GL6001', severity: 'error', message, span: null, hint: NON_FINITE_HINT }]);
  }

  async function evaluateOnTape(session: Session, trial: Trial, name: PlayerName): Promise<Evaluated> {
    session.push();
    const { evaluation, record } = await evaluateChecked(trial, players, players[name], null);
    routes.confirmTape(name);
    return { record, apply: () => applyUpdate(trial, players[name], evaluation.gradients), release: () => disposeEvaluation(evaluation) };
  }

  async function evaluate(session: Session, trial: Trial, name: PlayerName): Promise<Evaluated> {
    const before = memory.contents();
    session.pull();
    tf.engine().startScope();
    let found: { readonly part: CompiledPart } | Through | null;
    try {
      found = routes.first(name, (route) => {
        if (route === 'whole') return { part: whole(session, trial, [name])[0] };
        if (route === 'samples') return { part: onSamples(session, trial) };
        const through = throughSamples(session.machine, trial, players[name], (inputs, by) => runCompiled(prepare(session, trial, [name], { kind: 'inputs', inputs }, by), trial)[0]);
        for (const gradient of through.gradients) if (gradient !== null) tf.keep(gradient);
        return through;
      });
    } finally {
      tf.engine().endScope();
    }
    if (found === null) {
      // a pool that was asked on the way to what could not be compiled is asked once more
      memory.set({ pools: before.pools });
      return evaluateOnTape(session, trial, name);
    }
    return 'gradients' in found ? checkThrough(session, trial, found, before) : check(session, trial, found.part, before);
  }

  async function checkThrough(session: Session, trial: Trial, { part, gradients, undo, keep }: Through, before: ReturnType<Memory['contents']>): Promise<Evaluated> {
    const release = (): void => tf.dispose(gradients.filter((gradient) => gradient !== null));
    const apply = (): void => {
      session.push();
      applyUpdate(trial, players[part.player], gradients);
    };
    let finite = false;
    try {
      const record = { player: part.player, report: part.report(), skipped: false };
      finite = trial.settings.onNaN === 'ignore' || (part.finite() && allFinite(gradients));
      if (finite) {
        part.commit();
        keep();
        return { record, apply, release };
      }
      if (trial.settings.onNaN === 'skip') return { record: { ...record, skipped: true }, apply: NOTHING, release };
    } catch (error) {
      finite = false;
      release();
      throw error;
    } finally {
      if (!finite) {
        undo();
        memory.set({ pools: before.pools });
      }
    }
    release();
    return explain(session, trial, part.player);
  }

  function whole(session: Session, trial: Trial, names: readonly PlayerName[]): readonly CompiledPart[] {
    return runCompiled(prepare(session, trial, names, { kind: 'batch', batch: trial.batch }), trial);
  }

  /** The discriminator's part, on samples that were made before. */
  function onSamples(session: Session, trial: Trial): CompiledPart {
    const { objective, settings, batch, update, step } = trial;
    const samples = randomOf(settings, `samples/${update}`, step);
    const given = MODEL_ADAPTERS[objective.model].inputs(batch, createSampler(settings, samples));
    const declared = Object.fromEntries(objective.inputs.map((name) => [name, batch[name]]));
    const fakes = makeSamples(session, trial, given, routes, contextOf);
    const inputs: Inputs = { ...declared, ...given, ...fakes };
    const seen = objective.pool === null ? inputs : { ...inputs, ...poolInputs(trial, inputs, samples) };
    return runCompiled(prepare(session, trial, ['discriminator'], { kind: 'inputs', inputs: seen }), trial)[0];
  }

  /** Both players in one program, where that is possible. */
  function together(session: Session, trial: Trial, names: Update): readonly CompiledPart[] | null {
    if (names.length < 2 || names.some((name) => routes.of(name) !== 'whole')) return null;
    session.pull();
    try {
      return whole(session, trial, names);
    } catch {
      // apart, each takes the route that it can
      return null;
    }
  }

  return {
    async run(session, trial, names) {
      const before = memory.contents();
      const done: Evaluated[] = [];
      try {
        const parts = together(session, trial, names);
        if (parts === null) for (const name of names) done.push(await evaluate(session, trial, name));
        else for (const part of parts) done.push(await check(session, trial, part, before));
        for (const { record, apply } of done) if (!record.skipped) apply();
        return done.map(({ record }) => record);
      } finally {
        for (const { release } of done) release();
      }
    },
  };
}

const PASS_CONTEXT: PassContext = { math: 'strict', remark: NOTHING };

/** On the tape the second player reads states that the first one wrote: such losses are not one program. */
function requireIndependent(losses: readonly CapturedLoss[]): void {
  losses.forEach(({ arguments: read }, index) => {
    const written = losses.slice(0, index).flatMap(({ states }) => states.map(INPUT_NAMES.state));
    const key = written.find((name) => read.includes(name));
    if (key !== undefined) fail('GL5005', `both players share ${key}`);
  });
}

