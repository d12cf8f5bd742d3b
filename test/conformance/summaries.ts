import * as tf from '@tensorflow/tfjs';
import { createSummaryList, type SummarySink } from '../../src/tfgan.ts';
import { TRACE_BACKEND } from './evaluateCaptured.ts';
import type { Checks } from './checks.ts';
import { fieldsOf, listOf, textOf, type Json } from './corpus/json.ts';
import { recordedOf } from './corpus/tensor.ts';

export interface RecordedSummaries {
  readonly sink: SummarySink;
  /** Compares what was recorded with TF-GAN's summaries: their tags, their order and their values. */
  readonly check: (checks: Checks, expected: Json) => void;
}

export function recordSummaries(): RecordedSummaries {
  const sink = createSummaryList();
  return {
    sink: unlessCaptured(sink),
    check(checks, expected) {
      const [found, wanted] = [sink.read(), listOf(expected, 'summaries').map(readSummary)];
      checks.same('tags of the summaries', found.map(({ tag }) => tag), wanted.map(({ tag }) => tag));
      if (found.length !== wanted.length) return;
      wanted.forEach(({ tag, value }, index) => {
        const own = found[index].value;
        // a scalar summary of what is no scalar cannot be evaluated
        if (own === null || value === null) checks.same(`summary ${tag} is a scalar`, own !== null, value !== null);
        else checks.loss(`summary ${tag}`, tf.scalar(own), value);
      });
    },
  };
}

/** A loss that is being captured has no values to summarise. */
function unlessCaptured(sink: SummarySink): SummarySink {
  return {
    scalar(tag, value) {
      if (tf.getBackend() !== TRACE_BACKEND) sink.scalar(tag, value);
    },
    places: (count) => sink.places!(count).map(unlessCaptured),
  };
}

function readSummary(value: Json) {
  const fields = fieldsOf(value, 'a summary');
  const [tag, number] = [textOf(fields.take('tag'), 'tag'), fields.take('value')];
  fields.optional('error');
  fields.done();
  return { tag, value: number === null ? null : recordedOf(number, tag) };
}
