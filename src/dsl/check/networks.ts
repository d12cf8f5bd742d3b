import type { Span } from '../../support/source.ts';
import type { Ident } from '../ast.ts';
import type { ExprType, NetworkName } from '../typed.ts';
import { bindArguments, type EvaluatedArg } from './bind.ts';
import { describe, ERROR, tensorValue, type Value, type ValueOf } from './values.ts';
import type { OperatorContext } from './termOperators.ts';

const isDiscriminator = (network: NetworkName): boolean => network === 'D' || network === 'Dx' || network === 'Dy';

/** `D.classes`: a discriminator with several outputs has heads. */
export function headOf(network: ValueOf<'network'>, head: Ident, whole: Span, context: OperatorContext): Value {
  if (isDiscriminator(network.network) && network.head === null) return { ...network, head, origin: whole };
  const message = network.head === null ? `the generator ${network.network} has one output and no heads` : 'a head has no heads of its own';
  context.report({ code: 'GL2002', span: head.span, message, label: 'no such head' });
  return ERROR;
}

const HEAD_TYPES: Readonly<Record<string, ExprType>> = { classes: 'tensor', codes: 'distributions' };

/** `D(x)`, `D.codes(x)`, `G(z)`: a network applied to one tensor; the model adds its conditioning. */
export function callNetwork({ network, head }: ValueOf<'network'>, args: readonly EvaluatedArg[], whole: Span, context: OperatorContext): Value {
  const owner = `'${head === null ? network : `${network}.${head.name}`}'`;
  const bound = bindArguments({ owner, formals: [{ name: 'x', required: true }] }, args, whole, context.report);
  const arg = bound?.get('x')?.[0];
  if (arg === undefined || arg.value.kind === 'error') return ERROR;
  if (arg.value.kind !== 'tensor' || (arg.value.expr.type !== 'tensor' && arg.value.expr.type !== 'any')) {
    const message = `${owner} takes a tensor, not ${describe(arg.value)}`;
    context.reportValue(arg.value, arg.valueSpan, { code: 'GL3004', message, label: describe(arg.value) });
    return ERROR;
  }
  const type = head === null ? 'tensor' : (HEAD_TYPES[head.name] ?? 'any');
  return tensorValue({ kind: 'network', network, head: head?.name ?? null, args: [arg.value.expr], type, span: whole });
}
