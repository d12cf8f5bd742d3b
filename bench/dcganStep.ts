/**
 * Times one WGAN-GP step of a small DCGAN (28×28, batch 32) on tfjs's wasm backend in tape mode, and
 * checks its loss and gradient against PyTorch (exit code 1 where they differ, or tensors are left over).
 *
 *     npx tsdown bench/dcganStep.ts --no-config --out-dir out/bench && node out/bench/dcganStep.mjs
 *
 * Options: --profile (time per kernel), --json (one line per phase).
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { installGradients } from '../src/runtime/gradients/installGradients.ts';

type Phase = 'D' | 'G';
type Parameters = Readonly<Record<string, tf.Tensor>>;

/** Loss and 2·Σ|first moment| after the first step of PyTorch 2.13 (eager, one thread). */
const EXPECTED = {
  D: { loss: 7.5987348556518555, gradient: 563.3722633246343 },
  G: { loss: 0.0013499772176146507, gradient: 29.95147939984487 },
} satisfies Record<Phase, { loss: number; gradient: number }>;

const BATCH = 32;
type Spec = readonly (readonly [name: string, shape: readonly number[], bound: number])[];
const glorot = (fanIn: number, fanOut: number): number => Math.sqrt(6 / (fanIn + fanOut));
const PARAMETERS: Record<Phase, Spec> = {
  D: [
    ['w1', [5, 5, 1, 32], glorot(25, 800)], ['b1', [32], 0.05],
    ['w2', [5, 5, 32, 64], glorot(800, 1600)], ['b2', [64], 0.05],
    ['w3', [3136, 1], glorot(3136, 1)], ['b3', [1], 0.05],
  ],
  G: [
    ['w1', [64, 3136], glorot(64, 3136)], ['b1', [3136], 0.05],
    ['w2', [5, 5, 32, 64], glorot(800, 1600)], ['b2', [32], 0.05],
    ['w3', [5, 5, 1, 32], glorot(25, 800)], ['b3', [1], 0.05],
  ],
};

/** Uniform numbers from a 32-bit LCG seeded by the FNV-1a hash of the tensor's name. */
function fill(name: string, shape: readonly number[], low: number, high: number): tf.Tensor {
  let state = 2166136261;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return low + (high - low) * ((state >>> 8) / 16777216);
  });
  return tf.tensor(values, [...shape]);
}

function parameters(phase: Phase): Parameters {
  return Object.fromEntries(PARAMETERS[phase].map(([name, shape, bound]) => [name, fill(`dcgan.${phase}.${name}`, shape, -bound, bound)]));
}

const conv = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'), b);
const convTranspose = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => {
  const [n, height, width] = x.shape as [number, number, number];
  return tf.add(tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [n, height * 2, width * 2, w.shape[2]!], 2, 'same'), b);
};
const dense = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, w), b);

function discriminate(p: Parameters, x: tf.Tensor): tf.Tensor {
  const first = tf.leakyRelu(conv(x, p['w1']!, p['b1']!), 0.2);
  const second = tf.leakyRelu(conv(first, p['w2']!, p['b2']!), 0.2);
  return dense(tf.reshape(second, [BATCH, -1]), p['w3']!, p['b3']!);
}

function generate(p: Parameters, z: tf.Tensor): tf.Tensor {
  const first = tf.reshape(tf.relu(dense(z, p['w1']!, p['b1']!)), [BATCH, 7, 7, 64]);
  const second = tf.relu(convTranspose(first, p['w2']!, p['b2']!));
  return tf.tanh(convTranspose(second, p['w3']!, p['b3']!));
}

interface Batch { readonly real: tf.Tensor; readonly z: tf.Tensor; readonly alpha: tf.Tensor }

function discriminatorLoss(d: Parameters, g: Parameters, { real, z, alpha }: Batch): tf.Scalar {
  const fake = generate(g, z);
  const mixed = tf.add(real, tf.mul(tf.sub(fake, real), alpha));
  const adversarial = tf.sub(tf.mean(discriminate(d, fake)), tf.mean(discriminate(d, real)));
  const slope = tf.grad((x) => tf.sum(discriminate(d, x)))(mixed);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), [1, 2, 3]), 1e-10));
  return tf.add(adversarial, tf.mul(tf.mean(tf.square(tf.sub(norm, 1))), 10));
}

function generatorLoss(d: Parameters, g: Parameters, { z }: Batch): tf.Scalar {
  return tf.neg(tf.mean(discriminate(d, generate(g, z))));
}

function stepOf(phase: Phase): { step: () => number; gradient: () => number } {
  const trained = Object.fromEntries(Object.entries(parameters(phase)).map(([name, value]) => [name, tf.variable(value)]));
  const other = parameters(phase === 'D' ? 'G' : 'D');
  const batch: Batch = {
    real: fill('dcgan.real', [BATCH, 28, 28, 1], -1, 1),
    z: fill('dcgan.z', [BATCH, 64], -1.7, 1.7),
    alpha: fill('dcgan.alpha', [BATCH, 1, 1, 1], 0, 1),
  };
  const loss = phase === 'D'
    ? (): tf.Scalar => discriminatorLoss(trained, other, batch)
    : (): tf.Scalar => generatorLoss(other, trained, batch);
  const optimizer = tf.train.adam(1e-4, 0.5, 0.9, 1e-7);
  const variables = Object.values(trained);
  return {
    step: () => {
      const value = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss, variables);
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        return value;
      });
      const number = value.dataSync()[0]!;
      value.dispose();
      return number;
    },
    gradient: () => {
      // Adam's first moment after one step is half the gradient
      const moments = (optimizer as unknown as { accumulatedFirstMoment: { variable: tf.Variable }[] }).accumulatedFirstMoment;
      return 2 * moments.reduce((sum, { variable }) => sum + variable.dataSync<'float32'>().reduce((part, value) => part + Math.abs(value), 0), 0);
    },
  };
}

function relative(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
}

/** Processor time in milliseconds and calls per kernel and output shape, without the kernels that it calls. */
function profile(step: () => number, steps: number): readonly string[] {
  const spent = new Map<string, { ms: number; calls: number }>();
  const clock = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let inner = 0;
  const kernels = tf.getKernelsForBackend('wasm');
  const restore = kernels.map((config) => {
    tf.unregisterKernel(config.kernelName, 'wasm');
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => {
        const outer = inner;
        inner = 0;
        const start = clock();
        const out = config.kernelFunc(call);
        const whole = clock() - start;
        const ms = whole - inner;
        inner = outer + whole;
        const shape = (Array.isArray(out) ? out[0]! : out).shape.join('×');
        const entry = spent.get(`${config.kernelName} ${shape}`) ?? { ms: 0, calls: 0 };
        spent.set(`${config.kernelName} ${shape}`, { ms: entry.ms + ms, calls: entry.calls + 1 });
        return out;
      },
    });
    return (): void => {
      tf.unregisterKernel(config.kernelName, 'wasm');
      tf.registerKernel(config);
    };
  });
  const start = clock();
  for (let i = 0; i < steps; i++) step();
  const total = (clock() - start) / steps;
  for (const undo of restore) undo();
  const inside = [...spent.values()].reduce((sum, { ms }) => sum + ms / steps, 0);
  return [
    `  step ${total.toFixed(2)} ms, in kernels ${inside.toFixed(2)} ms`,
    ...[...spent].sort((a, b) => b[1].ms - a[1].ms).slice(0, 28)
      .map(([name, { ms, calls }]) => `  ${(ms / steps).toFixed(3)} ms  ${String(calls / steps).padStart(4)} calls  ${name}`),
  ];
}

const options = new Set(process.argv.slice(2));
await tf.setBackend('wasm');
await tf.ready();
const undo = installGradients();
for (const phase of ['D', 'G'] as const) {
  const { step, gradient } = stepOf(phase);
  const start = performance.now();
  const loss = step();
  const first = performance.now() - start;
  const sum = gradient();
  const error = Math.max(relative(loss, EXPECTED[phase].loss), relative(sum, EXPECTED[phase].gradient));
  for (let i = 0; i < 5; i++) step();
  const tensors = tf.memory().numTensors;
  const times: number[] = [];
  const busy = process.cpuUsage();
  const until = performance.now() + 4000;
  while (performance.now() < until) {
    const begin = performance.now();
    step();
    times.push(performance.now() - begin);
  }
  // processor time does not count what other processes take away
  const { user, system } = process.cpuUsage(busy);
  const cpu = (user + system) / 1000 / times.length;
  times.sort((a, b) => a - b);
  const leaked = tf.memory().numTensors - tensors;
  const median = times[times.length >> 1]!;
  console.log(options.has('--json')
    ? JSON.stringify({ system: 'ganloss tape wasm', case: 'dcgan', phase, ms_min: times[0], ms_median: median, cpu_ms: cpu, runs: times.length, first_ms: first, error, leaked })
    : `${phase}: ${times[0]!.toFixed(1)} ms (median ${median.toFixed(1)}, processor ${cpu.toFixed(1)}, ${times.length} runs, first ${first.toFixed(0)}), error ${error.toExponential(1)}, leaked ${leaked}`);
  if (!(error < 1e-4) || leaked !== 0) process.exitCode = 1;
  if (options.has('--profile')) console.log(profile(step, 20).join('\n'));
}
undo();
