import * as tf from '@tensorflow/tfjs';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const { engine, getKernelsForBackend, registerKernel, unregisterKernel, getGradient } = tf;

const KERNELS = ['Tanh', 'Sigmoid', 'Conv2DBackpropFilter', 'Elu', 'MaxPool', 'LeakyRelu', 'Exp', 'Softmax', 'Maximum', 'Prelu', 'AvgPool', 'ResizeNearestNeighbor'];
const PROBE = 'probe';
const BACKENDS = ['cpu', 'webgl', 'wasm', PROBE];

/** Everything that tfjs keeps in globals: kernels by backend, gradients, backends, its state. */
function registries(): unknown {
  const { backendName, registryFactory, state } = engine();
  return {
    kernels: BACKENDS.map((backend) => [backend, new Map(getKernelsForBackend(backend).map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]))]),
    gradients: new Map(KERNELS.map((name) => [name, getGradient(name)?.gradFunc])),
    backends: Object.keys(registryFactory).sort(),
    current: backendName,
    tensors: state.numTensors,
    variables: Object.keys(state.registeredVariables),
    depth: state.gradientDepth,
  };
}

const built = new URL('../dist/index.js', import.meta.url);

describe('importing', () => {
  it('is seen by this test where it registers something', () => {
    const before = registries();
    registerKernel({ kernelName: 'Tanh', backendName: PROBE, kernelFunc: () => [] });
    expect(registries()).not.toEqual(before);
    unregisterKernel('Tanh', PROBE);
    expect(registries()).toEqual(before);
  });

  // a checkout that is not built yet has no package to look at
  it.each(['../src/index.ts', '../src/runtime.ts', '../src/tfgan.ts', '../src/node.ts', ...(existsSync(built) ? ['../dist/index.js'] : [])])('%s changes nothing in tfjs', async (path) => {
    const before = registries();
    await import(new URL(path, import.meta.url).href);
    expect(registries()).toEqual(before);
  });

  it('installs gradients only when asked to, and takes them back', async () => {
    const { installGradients } = await import('../src/index.ts');
    const before = registries();
    const undo = installGradients();
    expect(registries()).not.toEqual(before);
    undo();
    expect(registries()).toEqual(before);
  });
});

describe('public names', () => {
  it('of ganloss', async () => {
    expect(Object.keys(await import('../src/index.ts')).sort()).toMatchInlineSnapshot(`
      [
        "CODES",
        "EMIT_KINDS",
        "SpecError",
        "VERSION",
        "bernoulli",
        "categorical",
        "check",
        "compile",
        "compileFunction",
        "compileLosses",
        "createCodeCache",
        "createSource",
        "defineTerm",
        "format",
        "ganloss",
        "input",
        "installGradients",
        "normal",
        "param",
        "positionAt",
        "renderDiagnostic",
        "renderDiagnostics",
        "terms",
        "trainer",
        "uniform",
      ]
    `);
  });

  it('of ganloss/runtime', async () => {
    expect(Object.keys(await import('../src/runtime.ts')).sort()).toMatchInlineSnapshot(`
      [
        "after",
        "append",
        "asList",
        "bernoulli",
        "bindNetwork",
        "broadcastLeading",
        "broadcastLike",
        "broadcastWeights",
        "callHook",
        "callShapedHook",
        "categorical",
        "cosine",
        "createRandom",
        "descendingRank",
        "divideNoNan",
        "dotGeneral",
        "each",
        "every",
        "gradient",
        "installGradients",
        "iotaLike",
        "linear",
        "logProb",
        "maxPerSample",
        "meanOfEach",
        "meanPerSample",
        "minPerSample",
        "normal",
        "normalLike",
        "samplesSize",
        "sigmoidCrossEntropy",
        "similarities",
        "singularStart",
        "singularVector",
        "size",
        "softmaxCrossEntropy",
        "spectralNorm",
        "statePool",
        "stateRead",
        "stateWrite",
        "stopGradient",
        "sumLike",
        "sumOfEach",
        "sumPerSample",
        "uniform",
        "uniformLike",
        "uniformPerSample",
        "weightsOf",
      ]
    `);
  });

  it('of ganloss/tfgan', async () => {
    expect(Object.keys(await import('../src/tfgan.ts')).sort()).toMatchInlineSnapshot(`
      [
        "Reduction",
        "SpecError",
        "acganModel",
        "bernoulli",
        "categorical",
        "clipDiscriminatorWeights",
        "clipVariables",
        "createRandom",
        "createSummaryList",
        "createSummaryWriter",
        "cycleganLoss",
        "cycleganModel",
        "ganLoss",
        "ganModel",
        "ganTrain",
        "ganTrainOps",
        "ganTrainSteps",
        "getJointTrainHooks",
        "getJointTrainSteps",
        "getSequentialTrainHooks",
        "getSequentialTrainSteps",
        "infoganModel",
        "losses",
        "normal",
        "replaceFields",
        "starganLoss",
        "starganModel",
        "tensorPool",
        "tensorPoolAdjustedModel",
        "tfAdam",
        "uniform",
      ]
    `);
  });

  it('of ganloss/node', async () => {
    expect(Object.keys(await import('../src/node.ts')).sort()).toMatchInlineSnapshot(`
      [
        "CHECKPOINT_FILE",
        "PREVIOUS_FILE",
        "codeFolder",
        "createSummaryWriter",
        "loadCheckpoint",
        "loadFailure",
        "readSpec",
        "replay",
        "saveCheckpoint",
        "saveFailure",
        "trainer",
      ]
    `);
  });
});
