import type { CaseName, Phase } from './cases.ts';

/** What identifies a right step. */
export interface Check {
  /** At the first step. */
  readonly loss0: number;
  /** After three updates; undefined where so many were not run. */
  readonly loss3?: number;
  /** Σ|gradient| at the first step: of Adam's first moment, 2·Σ|m|. */
  readonly gsum: number;
}

/**
 * PyTorch 2.13.0, eager, float32, one thread (CPU), on the numbers of cases.ts. Networks as torch modules of the same weights,
 * losses written out, the penalty through torch.autograd.grad(create_graph=True), torch.optim.Adam(lr 1e-4, betas (0.5, 0.9), eps 1e-7).
 */
export const EXPECTED: { readonly [C in CaseName]: { readonly [P in Phase]?: Required<Check> } } = {
  minimax: { loss: { loss0: 1.6279962062835693, loss3: 1.6279962062835693, gsum: 0.9824668378569186 } },
  hinge: { loss: { loss0: 2.2406976222991943, loss3: 2.2406976222991943, gsum: 1.4972222584765404 } },
  cyclel1: { loss: { loss0: 0.6657152771949768, loss3: 0.6657152771949768, gsum: 1.0000000298023224 } },
  mlp64: {
    D: { loss0: 5.723562717437744, loss3: 5.567469120025635, gsum: 584.2034833694834 },
    G: { loss0: 0.08478546142578125, loss3: 0.07562796026468277, gsum: 30.882365999623232 },
  },
  mlp256: {
    D: { loss0: 8.62729263305664, loss3: 8.023005485534668, gsum: 1729.3144881603737 },
    G: { loss0: 0.029425906017422676, loss3: 0.022887414321303368, gsum: 19.68715521482594 },
  },
  dcgan: {
    D: { loss0: 7.5987348556518555, loss3: 7.423341274261475, gsum: 563.3722619616692 },
    G: { loss0: 0.0013499767519533634, loss3: -0.006810422986745834, gsum: 29.951478965082625 },
  },
  cyclegan: {
    D: { loss0: 2.727055311203003, loss3: 2.2952070236206055, gsum: 1563.5958660637525 },
    G: { loss0: 16.40916633605957, loss3: 14.220661163330078, gsum: 12408.638795021405 },
  },
};

/** Adam's first step is a sign, which amplifies rounding where a gradient is near zero: what comes after may differ more. */
const TOLERANCE = { loss0: 1e-4, gsum: 1e-4, loss3: 1e-3 } as const;

/** @returns what is wrong with a step, null where it is right */
export function mistake(name: CaseName, phase: Phase, check: Check): string | null {
  const expected = EXPECTED[name][phase];
  if (expected === undefined) return `there is no phase ${phase}`;
  for (const key of ['loss0', 'gsum', 'loss3'] as const) {
    const value = check[key];
    if (value === undefined && key === 'loss3') continue;
    const difference = Math.abs((value ?? NaN) - expected[key]) / Math.max(1e-2, Math.abs(expected[key]));
    if (!(difference <= TOLERANCE[key])) return `${key} ${(value ?? NaN).toPrecision(5)} ≠ ${expected[key].toPrecision(5)}`;
  }
  return null;
}
