/** ganloss: a compiler for GAN objectives. Importing it changes nothing in tfjs. */
export { check, compile, type CheckResult, type CompileOptions } from './compile.ts';
export type { Objective } from './objective.ts';
export { EMIT_KINDS, type EmitKind } from './emit.ts';
export { formatSpec as format } from './formatSpec.ts';
export { CODES, type Code } from './support/codes.ts';
export { SpecError, type Diagnostic, type Fix, type Label, type Severity } from './support/diagnostic.ts';
export { renderDiagnostic, renderDiagnostics } from './support/render.ts';
export { createSource, positionAt, type Position, type Source, type Span } from './support/source.ts';
export { trainer } from './trainer.ts';
export { ganloss } from './template.ts';
export { categorical, normal, type Distribution } from './runtime/distributions.ts';
export { installGradients } from './runtime/gradients/installGradients.ts';
export type { Losses, LossOptions } from './runtime/losses.ts';
export type { Batch, Networks, NetworkPair, PlayerName } from './runtime/models/model.ts';
export type { Network, NetworkOutput } from './runtime/networks.ts';
export { VERSION } from './version.ts';
