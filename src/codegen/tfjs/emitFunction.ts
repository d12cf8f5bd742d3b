import { invariant } from '../../support/invariant.ts';
import { formatStart, type Source, type Span } from '../../support/source.ts';
import type { Graph, ValueId } from '../../ir/graph.ts';
import { RUNTIME_CALLEES } from './callees.ts';
import type { Argument, Instruction } from './instructions.ts';
import { createNames, type NameSupply } from './names.ts';
import type { Block, ContextName, Expression, LossFunction, Statement } from './program.ts';
import { createSchedule, resultsOf, type Schedule } from './schedule.ts';

/** What the compiler knows of a graph that the graph itself does not hold. */
export interface FunctionInfo {
  readonly name: string;
  readonly doc: readonly string[];
  /** In which order a function takes its inputs; others follow. */
  readonly inputOrder: readonly string[];
  /** The specification, whose positions comments name. */
  readonly source: Source;
}

interface Frame {
  readonly locals: ReadonlyMap<ValueId, string>;
  readonly names: NameSupply;
}

/** Graph → the statements of one tfjs function. */
export function emitFunction(graph: Graph, info: FunctionInfo): LossFunction {
  const schedule = createSchedule(graph);
  const inputs = new Map(graph.inputs.map((input) => [input.id, input.name]));
  const results = graph.outputs.map((output) => output.value);
  const plan = schedule.plan(results, new Set());
  const networks = new Set<string>();
  const context = new Set<ContextName>();
  const usedInputs = new Set<string>();
  collect(schedule, plan.order, results, { networks, context, inputs, usedInputs });

  const names = createNames([...networks, ...usedInputs, 'random', 'params', 'state', 'step', 'hooks', 'tf', 'loss', 'terms', 'every', 'each', ...RUNTIME_CALLEES]);
  // a term's value is known by the term's name, whatever its text called it
  const hints = new Map(graph.outputs.filter(({ name }) => name.startsWith('term.')).map(({ name, value }) => [value, name.slice('term.'.length)]));
  const named = new Set([...plan.named, ...plan.order.filter((id) => hints.has(id) || schedule.equationOf(id)?.name !== undefined)]);
  const frame: Frame = { locals: inputs, names };
  const { statements, locals } = emitStatements(schedule, plan.order, named, frame, info.source, hints);
  const inner = { ...frame, locals };
  return {
    name: info.name,
    doc: info.doc,
    networks: [...networks].sort(),
    inputs: [...info.inputOrder, ...graph.inputs.map((input) => input.name)].filter((name, index, all) => usedInputs.has(name) && all.indexOf(name) === index),
    context: (['random', 'params', 'state', 'step', 'hooks'] as const).filter((name) => context.has(name)),
    statements,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: asTensor(emitExpression(schedule, value, inner)) })),
  };
}

/** A loss or term that is a plain number is still a tensor for the caller. */
function asTensor(expression: Expression): Expression {
  const isTensor = expression.kind !== 'literal' && expression.kind !== 'param';
  return isTensor ? expression : { kind: 'call', callee: 'tf.scalar', args: [expression], origin: [] };
}

interface Emitted {
  readonly statements: readonly Statement[];
  readonly locals: ReadonlyMap<ValueId, string>;
}

function emitStatements(schedule: Schedule, order: readonly ValueId[], named: ReadonlySet<ValueId>, frame: Frame, source: Source | null, hints: ReadonlyMap<ValueId, string>): Emitted {
  const locals = new Map(frame.locals);
  const statements: Statement[] = [];
  let lastPlace = '';
  for (const id of order) {
    if (!named.has(id)) continue;
    const equation = schedule.equationOf(id);
    invariant(equation !== undefined, `%${id} is no equation`);
    const value = emitExpression(schedule, id, { locals, names: frame.names });
    const name = frame.names.take(hints.get(id) ?? equation.name ?? DEFAULT_NAMES[schedule.instructionOf(id)?.kind ?? 'call']);
    const place = source === null ? '' : describePlace(equation.origin, source);
    statements.push({ name, value, comment: place !== '' && place !== lastPlace ? place : null });
    if (place !== '') lastPlace = place;
    locals.set(id, name);
  }
  return { statements, locals };
}

const DEFAULT_NAMES: { readonly [K in Instruction['kind']]: string } = {
  literal: 'value',
  param: 'value',
  alias: 'value',
  call: 'value',
  each: 'list',
  network: 'output',
  head: 'head',
  gradient: 'slope',
  every: 'sometimes',
};

function emitExpression(schedule: Schedule, id: ValueId, frame: Frame): Expression {
  const local = frame.locals.get(id);
  if (local !== undefined) return { kind: 'local', name: local };
  const instruction = schedule.instructionOf(id);
  const equation = schedule.equationOf(id);
  invariant(instruction !== undefined && equation !== undefined, `%${id} has no instruction`);
  const { origin } = equation;
  const emit = (operand: ValueId) => emitExpression(schedule, operand, frame);
  const emitArgument = (arg: Argument): Expression => (arg.kind === 'value' ? emit(arg.id) : arg);
  switch (instruction.kind) {
    case 'literal':
      return { kind: 'literal', value: instruction.value };
    case 'param':
      return { kind: 'param', name: instruction.name };
    case 'alias':
      return emit(instruction.of);
    case 'call':
      return { kind: 'call', callee: instruction.callee, args: instruction.args.map(emitArgument), origin };
    case 'each':
      return { kind: 'each', callee: instruction.callee, args: instruction.args.map(emitArgument), origin };
    case 'network':
      return { kind: 'network', network: instruction.network, outputs: instruction.outputs, args: instruction.args.map(emit), origin };
    case 'head':
      return { kind: 'head', object: emit(instruction.object), head: instruction.head, origin };
    case 'every':
      return { kind: 'every', interval: instruction.interval, body: emitSometimes(schedule, instruction, frame), origin };
    case 'gradient': {
      const at = emit(instruction.by);
      // inside, the variable takes the name that it has outside
      const variable = at.kind === 'local' ? at.name : frame.names.take('x');
      return { kind: 'gradient', variable, at, body: emitBody(schedule, instruction, variable, frame), origin };
    }
    default:
      return instruction satisfies never;
  }
}

function emitBody(schedule: Schedule, { of, by }: Instruction & { kind: 'gradient' }, variable: string, frame: Frame): Block {
  const available = [by, ...schedule.freeValues(of, by)];
  const plan = schedule.plan([of], new Set(available));
  // values that depend on the variable are made anew: their outer locals must not be seen inside
  const outer = new Map([...frame.locals].filter(([id]) => available.includes(id) || schedule.equationOf(id) === undefined));
  const locals = new Map([...outer, [by, variable]]);
  const emitted = emitStatements(schedule, plan.order, plan.named, { ...frame, locals }, null, new Map());
  return { statements: emitted.statements, result: emitExpression(schedule, of, { ...frame, locals: emitted.locals }) };
}

/** What an `every` alone needs. Its own values keep their names: no gradient makes them anew. */
function emitSometimes(schedule: Schedule, instruction: Instruction & { kind: 'every' }, frame: Frame): Block {
  const { of, effects } = instruction;
  const results = resultsOf(instruction);
  const available = new Set(schedule.sharedValues(results));
  const { order, named } = schedule.plan(results, available);
  const withNames = new Set([...named, ...effects, ...order.filter((id) => id !== of && schedule.equationOf(id)?.name !== undefined)]);
  const emitted = emitStatements(schedule, order, withNames, frame, null, new Map());
  return { statements: emitted.statements, result: asTensor(emitExpression(schedule, of, { ...frame, locals: emitted.locals })) };
}

/** `1:18 gp`: where the values come from, and how it reads there. */
function describePlace(origin: readonly Span[], source: Source): string {
  const span = origin.find((candidate) => candidate.source === source);
  if (span === undefined) return '';
  const text = source.text.slice(span.start, span.end).replace(/\s+/g, ' ').trim();
  return `${formatStart(span)} ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
}

interface Collected {
  readonly networks: Set<string>;
  readonly context: Set<ContextName>;
  readonly inputs: ReadonlyMap<ValueId, string>;
  readonly usedInputs: Set<string>;
}

/** What a function takes, blocks inside gradients included. */
function collect(schedule: Schedule, order: readonly ValueId[], results: readonly ValueId[], into: Collected): void {
  const readArgument = (id: ValueId) => {
    const input = into.inputs.get(id);
    if (input !== undefined) into.usedInputs.add(input);
    if (schedule.instructionOf(id)?.kind === 'param') into.context.add('params');
  };
  results.forEach(readArgument);
  for (const id of order) {
    const instruction = schedule.instructionOf(id);
    if (instruction === undefined) continue;
    if (instruction.kind === 'network') {
      into.networks.add(instruction.network);
      instruction.args.forEach(readArgument);
    } else if (instruction.kind === 'call' || instruction.kind === 'each') {
      for (const arg of instruction.args) {
        if (arg.kind === 'context') into.context.add(arg.name);
        else if (arg.kind === 'networkItself') into.networks.add(arg.network);
        else if (arg.kind === 'value') readArgument(arg.id);
      }
    } else if (instruction.kind === 'every') {
      into.context.add('step');
      const results = resultsOf(instruction);
      const available = schedule.sharedValues(results);
      available.forEach(readArgument);
      results.forEach(readArgument);
      collect(schedule, schedule.plan(results, new Set(available)).order, results, into);
    } else if (instruction.kind === 'head') readArgument(instruction.object);
    else if (instruction.kind === 'alias') readArgument(instruction.of);
    else if (instruction.kind === 'gradient') {
      const { of, by } = instruction;
      readArgument(by);
      const available = [by, ...schedule.freeValues(of, by)];
      available.forEach(readArgument);
      collect(schedule, schedule.plan([of], new Set(available)).order, [of], into);
    }
  }
}
