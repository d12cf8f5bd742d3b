import { resolve } from 'node:path';
import { profileStep } from '../../runtime/ahead/profileStep.ts';
import { recordStep } from '../../runtime/ahead/planStep.ts';
import { supportsRelaxedSimd } from '../../runtime/compiled/wasmFeatures.ts';
import { compileSpec } from '../compile/compileSpec.ts';
import type { Context } from '../context.ts';
import { printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { readSpec } from '../files/readSpec.ts';
import type { NetworkOptions } from '../networks/networkModule.ts';
import { prepareStep } from '../networks/prepareStep.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { printScheduleReport } from './printScheduleReport.ts';
import { scheduleReport } from './scheduleReport.ts';

export interface ExplainScheduleOptions extends NetworkOptions {
  readonly run?: boolean;
  readonly target: 'wasm' | 'js';
  readonly json?: boolean;
}

/** How long a profile runs the step, ms, and how often at most. */
const PROFILE = { budget: 2000, most: 1000 };

/** `ganloss explain --schedule`: the kernels of a training step, and with `--run` how long each takes. */
export async function runExplainSchedule(name: string, options: ExplainScheduleOptions, context: Context): Promise<{ readonly exit: ExitCode; readonly files: readonly string[] }> {
  const { io, colours } = context;
  const spec = await readSpec(name, io);
  const { objective, imported } = compileSpec(spec, context);
  const { request, release, module } = await prepareStep(objective, options, io.cwd);
  try {
    const recorded = recordStep(request);
    const times = options.run === true ? profileStep(recorded, { ...PROFILE, batch: request.batch, target: options.target, relaxedSimd: supportsRelaxedSimd() }) : undefined;
    // the first step's programs; further ones differ in the terms that are awake
    const { order, updates } = recorded.plan;
    const names = new Set(order.flatMap((place) => updates[place].variants.slice(0, 1)).flatMap(({ evaluate, parts }) => [evaluate, ...parts.flatMap(({ check, apply }) => [check.program, apply])]));
    const programs = scheduleReport(recorded.programs.filter((program) => names.has(program.name)), times, options.target);
    const head = { file: spec.source.name, model: objective.model, objective: objective.text, batch: module.batchSize, target: options.target };
    if (options.json === true) io.stdout.write(printJson({ ...head, programs }));
    else {
      printDiagnostics(objective.diagnostics, context);
      io.stdout.write(printScheduleReport(head, programs, colours.stdout));
    }
    return { exit: EXIT.ok, files: [...(spec.path === null ? [] : [spec.path]), ...imported, ...(options.networks === undefined ? [] : [resolve(io.cwd, options.networks)])] };
  } finally {
    release();
  }
}
