import { describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { compile } from '../../compile.ts';
import { trainer } from '../../trainer.ts';
import { compileStep } from './compileStep.ts';
import { writeModule } from './writeModule.ts';

describe('x', () => {
  it('y', async () => {
    const objective = compile('wasserstein + 10*gp');
    const net = (from: number, to: number) => tf.sequential({ layers: [tf.layers.dense({ units: 6, inputShape: [from], kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }), tf.layers.leakyReLU(), tf.layers.dense({ units: to, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) })] });
    const networks = { generator: net(3, 2), discriminator: net(2, 1) };
    const options = () => ({ optimizers: { generator: tf.train.adam(1e-2, 0.5, 0.9), discriminator: tf.train.adam(1e-2, 0.5, 0.9) }, seed: 5, noise: 3, mode: 'tape' as const });
    const batch = { real: tf.randomNormal([4, 2], 0, 1, 'float32', 1), generatorInputs: tf.randomNormal([4, 3], 0, 1, 'float32', 2) };
    const plan = compileStep({ objective, networks, options: options(), batch, math: 'strict', target: 'js', source: { name: 'a.ganloss', objective: objective.text, model: 'gan', version: '0' } });
    const text = writeModule(plan);
    console.log(text.slice(0, 6000));
    const { init } = await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
    const made = await init();
    const t = trainer(objective, networks, options());
    for (let i = 0; i < 3; i++) {
      const m = made.step({ real: batch.real.dataSync(), generatorInputs: batch.generatorInputs.dataSync() });
      console.log(m, await t.step(batch));
    }
    expect(1).toBe(1);
  });
});
