import * as tf from '@tensorflow/tfjs';
import { createChecks, type Errors, type Evaluate } from './checks.ts';
import { fieldsOf, textOf, type Json } from './corpus/json.ts';
import { differentError, recordedError } from './errors.ts';
import { evaluateOnTape } from './evaluate.ts';
import type { Family } from './families/family.ts';

export interface CaseResult {
  readonly id: string;
  /** Why the case does not hold; none where it does. */
  readonly failures: readonly string[];
  readonly errors: Errors;
}

/** How an error that a case threw is compared with the one that was recorded: null where it is as good. */
export type CompareErrors = (expected: string, error: unknown) => string | null;

/** Runs one case and compares all that was recorded of it; frees every tensor and variable that it made. */
export async function runCase(value: Json, family: Family, compareErrors: CompareErrors = differentError, evaluate: Evaluate = evaluateOnTape): Promise<CaseResult> {
  const checks = createChecks(evaluate);
  let id = '(a case without an id)';
  tf.engine().startScope();
  try {
    const fields = fieldsOf(value, 'the case');
    id = textOf(fields.take('id'), 'the id');
    const expect = fieldsOf(fields.take('expect'), 'expect');
    const expectedError = expect.optional('error');
    const thrown = await attempt(() => family({ fields, expect: expectedError === undefined ? expect : null, checks }));
    if (expectedError === undefined) {
      if (thrown !== null) checks.fail(describe(thrown.error));
      else expect.done();
    } else {
      const message = recordedError(expectedError);
      const problem = thrown === null ? `no error, but TF-GAN says: ${message}` : compareErrors(message, thrown.error);
      if (problem !== null) checks.fail(problem);
    }
  } catch (error) {
    checks.fail(describe(error));
  } finally {
    tf.engine().endScope();
    tf.disposeVariables();
  }
  return { id, failures: checks.failures, errors: checks.errors };
}

async function attempt(run: () => void | Promise<void>): Promise<{ readonly error: unknown } | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return { error };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
}
