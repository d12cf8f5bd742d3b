"""Reads an event file of ganloss with the real TensorBoard and TensorFlow and compares with what was written.

    npm run build
    python3 scripts/check-tensorboard.py          # needs tensorboard and tensorflow; runs node

It writes scalars, histograms and pictures (scripts/write-tensorboard-sample.mjs), reads them back through TensorBoard's
EventAccumulator, checks that it found the same steps and values, and compares each histogram with the one that
tf.compat.v1.summary.histogram makes of the same values, bucket for bucket.
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow as tf  # noqa: E402
import tensorboard  # noqa: E402
from tensorboard.backend.event_processing import event_accumulator  # noqa: E402

v1 = tf.compat.v1


def tensorflow_histogram(values):
  with tf.Graph().as_default(), v1.Session() as session:
    summary = session.run(v1.summary.histogram('h', tf.constant(values, tf.float32)))
  return v1.Summary.FromString(summary).value[0].histo


def close(a, b):
  return a == b or abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def main():
  checked, wrong = 0, []

  def same(what, got, wanted):
    nonlocal checked
    checked += 1
    if got != wanted:
      wrong.append('%s: %r, not %r' % (what, got, wanted))

  folder = tempfile.mkdtemp(prefix='ganloss-events-')
  here = os.path.dirname(os.path.abspath(__file__))
  subprocess.run(['node', os.path.join(here, 'write-tensorboard-sample.mjs'), folder], check=True, stderr=subprocess.DEVNULL)
  with open(os.path.join(folder, 'written.json'), encoding='utf-8') as file:
    written = json.load(file)

  unlimited = {event_accumulator.SCALARS: 0, event_accumulator.HISTOGRAMS: 0, event_accumulator.IMAGES: 0}
  accumulator = event_accumulator.EventAccumulator(folder, size_guidance=unlimited)
  accumulator.Reload()
  tags = accumulator.Tags()
  same('tags of scalars', sorted(tags['scalars']), sorted(written['scalars']))
  same('tags of histograms', sorted(tags['histograms']), sorted(written['histograms']))
  same('tags of pictures', sorted(tags['images']), sorted(written['images']))
  same('version of the file', accumulator.file_version, 2.0)

  for tag, points in written['scalars'].items():
    same(tag, [[event.step, event.value] for event in accumulator.Scalars(tag)], points)

  for tag, points in written['images'].items():
    events = accumulator.Images(tag)
    same(tag + ' steps', [event.step for event in events], [step for step, _, _ in points])
    for event, (step, shape, pixels) in zip(events, points):
      decoded = tf.io.decode_png(event.encoded_image_string).numpy()
      same('%s at %d, size' % (tag, step), [event.height, event.width], shape[:2])
      same('%s at %d, shape' % (tag, step), list(decoded.shape), shape)
      same('%s at %d' % (tag, step), decoded.ravel().tolist(), pixels)

  for tag, points in written['histograms'].items():
    events = accumulator.Histograms(tag)
    same(tag + ' steps', [event.step for event in events], [step for step, _ in points])
    for event, (step, values) in zip(events, points):
      got, wanted = event.histogram_value, tensorflow_histogram(values)
      what = '%s at %d, ' % (tag, step)
      same(what + 'limits', list(got.bucket_limit), list(wanted.bucket_limit))
      same(what + 'counts', list(got.bucket), list(wanted.bucket))
      same(what + 'min, max, number', [got.min, got.max, got.num], [wanted.min, wanted.max, wanted.num])
      same(what + 'sums', close(got.sum, wanted.sum) and close(got.sum_squares, wanted.sum_squares), True)

  for line in wrong:
    print(line)
  print('tensorboard %s, tensorflow %s: %d of %d checks hold' % (tensorboard.__version__, tf.__version__, checked - len(wrong), checked))
  return 1 if wrong else 0


if __name__ == '__main__':
  sys.exit(main())
