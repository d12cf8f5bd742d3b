import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from './testing/checkGradients.ts';
import { describeCases } from './testing/describeCases.ts';
import type { Window } from './testing/references.ts';
import { pool, resize } from './testing/references.ts';

function pooling(kind: 'max' | 'average', size: number, window: Window): GradientCase {
  const layer = kind === 'max' ? tf.maxPool : tf.avgPool;
  return {
    name: `${kind} pooling ${size}×${size}, stride ${window.stride}, ${window.pad}`,
    shapes: { x: [2, 5, 4, 2] },
    layer: ({ x }) => layer(x as tf.Tensor4D, size, window.stride, window.pad),
    reference: ({ x }) => pool(x!, size, window, kind),
  };
}

function resizing(kind: 'nearest' | 'bilinear', height: number, width: number, alignCorners = false): GradientCase {
  const layer = kind === 'nearest' ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear;
  return {
    name: `${kind} to ${height}×${width}${alignCorners ? ', corners aligned' : ''}`,
    shapes: { x: [2, 3, 2, 2] },
    layer: ({ x }) => layer(x as tf.Tensor4D, [height, width], alignCorners),
    reference: ({ x }) => resize(x!, height, width, kind, alignCorners),
  };
}

describeCases('pooling', [
  pooling('max', 2, { stride: 2, pad: 'valid' }),
  pooling('max', 3, { stride: 2, pad: 'same' }),
  pooling('max', 3, { stride: 1, pad: 'valid' }),
  pooling('average', 2, { stride: 2, pad: 'valid' }),
  pooling('average', 3, { stride: 2, pad: 'same' }),
  pooling('average', 2, { stride: 1, pad: 'same' }),
]);

describeCases('resizing', [
  resizing('nearest', 6, 4),
  resizing('nearest', 6, 6),
  resizing('nearest', 5, 3),
  resizing('nearest', 6, 4, true),
  resizing('bilinear', 6, 4),
  resizing('bilinear', 5, 3),
  resizing('bilinear', 6, 4, true),
  resizing('bilinear', 2, 1),
]);
