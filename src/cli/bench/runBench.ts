import { recordStep, type PlanRequest } from '../../runtime/ahead/planStep.ts';
import { profileStep, timeStep, type ProfileOptions } from '../../runtime/ahead/profileStep.ts';
import { supportsRelaxedSimd } from '../../runtime/compiled/wasmFeatures.ts';
import { OPTIONAL_PASSES } from '../../runtime/compiled/placePrograms.ts';
import { compileSpec } from '../compile/compileSpec.ts';
import type { Context } from '../context.ts';
import { printJson } from '../diagnosticJson.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import { scheduleReport } from '../explain/scheduleReport.ts';
import { readSpec } from '../files/readSpec.ts';
import type { NetworkOptions } from '../networks/networkModule.ts';
import { prepareStep } from '../networks/prepareStep.ts';
import { printDiagnostics } from '../printDiagnostics.ts';
import { startBackend } from '../train/backend.ts';
import { printBench, type BenchReport, type PassRow, type ShareRow } from './report.ts';
import { shareByTerm } from './shareByTerm.ts';
import { timeModes } from './timeModes.ts';
import { SpecError } from '../../support/diagnostic.ts';

export interface BenchOptions extends NetworkOptions {
  readonly steps?: number;
  readonly json?: boolean;
}

/** How long each profile and each step without a pass runs, ms, and how often at most. */
const RUNS = { budget: 800, most: 1000 } as const;

/** `ganloss bench`: steps per second in each mode, whose time it is, and what the compiler's passes save. */
export async function runBench(name: string, options: BenchOptions, context: Context): Promise<ExitCode> {
  const { io, colours } = context;
  const spec = await readSpec(name, io);
  const { objective } = compileSpec(spec, context);
  printDiagnostics(objective.diagnostics, context);
  const say = (text: string): void => io.stderr.write(`${colours.stderr.dim(text)}\n`);

  say('what each pass is worth, and whose time it is…');
  const { request, release, module } = await prepareStep(objective, options, io.cwd);
  const runs = { ...RUNS, most: options.steps ?? RUNS.most };
  const compiled = { terms: [] as readonly ShareRow[], passes: [] as readonly PassRow[] };
  try {
    const recorded = recordStep(request);
    const measured: ProfileOptions = { ...runs, batch: request.batch, target: 'wasm', relaxedSimd: supportsRelaxedSimd() };
    compiled.terms = shareByTerm(recorded, profileStep(recorded, measured), objective.stages.typed);
    compiled.passes = [[], ...OPTIONAL_PASSES.map((pass) => [pass]), OPTIONAL_PASSES].map((without) => costWithout(without, request, measured));
  } catch (error) {
    // what cannot be captured still runs on the tape
    if (!(error instanceof SpecError) || !error.diagnostics.some(({ code }) => code === 'GL5005')) throw error;
    say(`not compiled: ${error.message}`);
  } finally {
    release();
  }

  say('steps in each mode…');
  const backend = await startBackend('wasm');
  if (backend.note !== null) say(backend.note);
  const modes = await timeModes(objective, options, io.cwd);
  const report: BenchReport = { file: spec.source.name, model: objective.model, objective: objective.text, batch: module.batchSize, modes, ...compiled };
  io.stdout.write(options.json === true ? printJson(report) : printBench(report, colours.stdout));
  return EXIT.ok;
}

function costWithout(without: readonly string[], request: PlanRequest, measured: ProfileOptions): PassRow {
  const recorded = recordStep({ ...request, without });
  const rows = scheduleReport(recorded.programs);
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    without: without.length === 0 ? 'nothing: all passes' : without.length === 1 ? without[0] : 'any of them',
    kernels: sum(({ kernels }) => kernels.length),
    flops: sum(({ flops }) => flops),
    bytes: sum(({ bytes }) => bytes),
    arena: Math.max(0, ...rows.map(({ peak }) => peak.planned)),
    ms: timeStep(recorded, measured),
  };
}
