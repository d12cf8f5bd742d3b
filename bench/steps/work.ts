import type { CaseName, Phase } from './cases.ts';

/**
 * The matrix products and convolutions that no step can do without, 2 FLOPs a multiply-add. `all` counts every tap of a kernel,
 * `valid` leaves out those that fall on padding.
 */
export interface Work {
  readonly all: number;
  readonly valid: number;
}

interface Layer extends Work {
  /** With one output, whose input gradient is a broadcast of the weights. */
  readonly single?: boolean;
}

function taps(size: number, kernel: number, stride: number): number {
  const outputs = Math.ceil(size / stride);
  const low = Math.max((outputs - 1) * stride + kernel - size, 0) >> 1;
  let count = 0;
  for (let output = 0; output < outputs; output += 1) {
    for (let tap = 0; tap < kernel; tap += 1) {
      const place = output * stride + tap - low;
      if (place >= 0 && place < size) count += 1;
    }
  }
  return count;
}

function dense(batch: number, from: number, to: number): Layer {
  const flops = 2 * batch * from * to;
  return { all: flops, valid: flops, single: to === 1 };
}

function conv(batch: number, size: number, kernel: number, stride: number, from: number, to: number): Layer {
  return { all: 2 * batch * Math.ceil(size / stride) ** 2 * kernel * kernel * from * to, valid: 2 * batch * taps(size, kernel, stride) ** 2 * from * to };
}

/** @param size of its output */
const convTranspose = (batch: number, size: number, kernel: number, stride: number, from: number, to: number): Layer => conv(batch, size, kernel, stride, to, from);

const times = (work: Work, factor: number): Work => ({ all: work.all * factor, valid: work.valid * factor });
const sum = (list: readonly Work[]): Work => list.reduce((a, b) => ({ all: a.all + b.all, valid: a.valid + b.valid }), { all: 0, valid: 0 });

/** One pass over every layer: forward, or the filter gradients. */
const pass = sum;
/** Input gradients of all layers; what lies before the first layer needs none, nor does a layer of one output. */
const inputGradients = (layers: readonly Layer[]): Work => sum(layers.filter(({ single }) => single !== true));
const innerGradients = (layers: readonly Layer[]): Work => sum(layers.slice(1).filter(({ single }) => single !== true));

/**
 * Activations are piecewise linear: the penalty costs, a layer but the last, four passes: forward (for the masks), input gradient,
 * and on the way back a forward-like pass and a filter gradient.
 */
const wganDiscriminator = (d: readonly Layer[], g: readonly Layer[]): Work => sum([pass(g), times(sum([pass(d), pass(d), innerGradients(d)]), 2), times(sum(d.slice(0, -1)), 4)]);
const wganGenerator = (d: readonly Layer[], g: readonly Layer[]): Work => sum([pass(g), pass(g), sum(g.slice(1)), pass(d), inputGradients(d)]);

const mlp = (width: number) => ({
  D: [dense(64, 2, width), dense(64, width, width), dense(64, width, 1)],
  G: [dense(64, 16, width), dense(64, width, width), dense(64, width, 2)],
});
const dcgan = {
  D: [conv(32, 28, 5, 2, 1, 32), conv(32, 14, 5, 2, 32, 64), dense(32, 3136, 1)],
  G: [dense(32, 64, 3136), convTranspose(32, 14, 5, 2, 64, 32), convTranspose(32, 28, 5, 2, 32, 1)],
};
const translator = [
  conv(1, 64, 7, 1, 3, 16), conv(1, 64, 3, 2, 16, 32), conv(1, 32, 3, 2, 32, 64),
  ...Array.from({ length: 4 }, () => conv(1, 16, 3, 1, 64, 64)),
  convTranspose(1, 32, 3, 2, 64, 32), convTranspose(1, 64, 3, 2, 32, 16), conv(1, 64, 7, 1, 16, 3),
];
const critic = [conv(1, 64, 4, 2, 3, 32), conv(1, 32, 4, 2, 32, 64), conv(1, 16, 4, 1, 64, 1)];

const wgan = ({ D, G }: { readonly D: readonly Layer[]; readonly G: readonly Layer[] }) => ({ D: wganDiscriminator(D, G), G: wganGenerator(D, G) });

/** By case and phase; the losses alone have no contraction. */
export const WORK: { readonly [C in CaseName]: { readonly [P in Phase]?: Work } } = {
  minimax: {},
  hinge: {},
  cyclel1: {},
  mlp64: wgan(mlp(64)),
  mlp256: wgan(mlp(256)),
  dcgan: wgan(dcgan),
  cyclegan: {
    D: sum([times(pass(translator), 2), times(sum([pass(critic), pass(critic), innerGradients(critic)]), 4)]),
    // each generator runs twice; on the images themselves no input gradient is needed, on the two fakes it is
    G: sum([times(pass(translator), 8), times(innerGradients(translator), 2), times(inputGradients(translator), 2), times(sum([pass(critic), inputGradients(critic)]), 2)]),
  },
};
