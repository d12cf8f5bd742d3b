import * as tf from '@tensorflow/tfjs';
import { listGradients, type Gradients } from './listGradients.ts';

type Weights = Awaited<ReturnType<tf.Optimizer['getWeights']>>;

/**
 * `tf.compat.v1.train.AdamOptimizer`, number for number. Its epsilon stands outside the bias correction ("epsilon hat" of Kingma and
 * Ba, 2015, just before section 2.1), where tfjs's own Adam has it inside:
 *
 *     m += (1 − beta1)·(g − m)        v += (1 − beta2)·(g² − v)
 *     variable −= learningRate·√(1 − beta2ᵗ)/(1 − beta1ᵗ) · m/(√v + epsilon)
 *
 * Defaults are TensorFlow's: 0.001, 0.9, 0.999, 1e-8.
 */
export function tfAdam(learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8): tf.Optimizer {
  return new TFAdam(learningRate, beta1, beta2, epsilon);
}

interface Slot {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** It keeps its state the way tfjs's optimisers do, so that checkpoints find it: slots by position, and the iterations. */
class TFAdam extends tf.Optimizer {
  static className = 'TFAdam';

  private readonly config: { readonly learningRate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };
  private firstMoments: Slot[] = [];
  private secondMoments: Slot[] = [];
  private readonly beta1Power: Power;
  private readonly beta2Power: Power;

  constructor(learningRate: number, beta1: number, beta2: number, epsilon: number) {
    super();
    this.config = { learningRate, beta1, beta2, epsilon };
    this.beta1Power = createPower(beta1);
    this.beta2Power = createPower(beta2);
  }

  applyGradients(gradients: Gradients): void {
    const { learningRate, beta1, beta2, epsilon } = this.config;
    const step = this.iterations + 1;
    const { fround, sqrt } = Math;
    const rate = fround(fround(fround(learningRate) * fround(sqrt(fround(1 - this.beta2Power(step))))) / fround(1 - this.beta1Power(step)));
    tf.tidy(() => {
      listGradients(gradients).forEach(({ name, tensor }, index) => {
        const variable = tf.engine().registeredVariables[name];
        const m = slotOf(this.firstMoments, index, `${name}/m`, variable);
        const v = slotOf(this.secondMoments, index, `${name}/v`, variable);
        if (!tensor) return;
        m.assign(tf.add(m, tf.mul(tf.sub(tensor, m), fround(1 - fround(beta1)))));
        v.assign(tf.add(v, tf.mul(tf.sub(tf.square(tensor), v), fround(1 - fround(beta2)))));
        variable.assign(tf.sub(variable, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), epsilon))));
      });
    });
    this.incrementIterations();
  }

  override dispose(): void {
    tf.dispose([...this.firstMoments, ...this.secondMoments].map(({ variable }) => variable));
    super.dispose();
  }

  override async getWeights(): Promise<Weights> {
    const slots = [...this.firstMoments, ...this.secondMoments];
    return [await this.saveIterations(), ...slots.map(({ originalName, variable }) => ({ name: originalName, tensor: variable }))];
  }

  override async setWeights(weights: Weights): Promise<void> {
    const values = await this.extractIterations(weights);
    const slots = values.map(({ name, tensor }) => ({ originalName: name, variable: tf.variable(tensor, false) }));
    tf.dispose([...this.firstMoments, ...this.secondMoments].map(({ variable }) => variable));
    this.firstMoments = slots.slice(0, slots.length / 2);
    this.secondMoments = slots.slice(slots.length / 2);
  }

  getConfig(): tf.serialization.ConfigDict {
    return { ...this.config };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(cls: tf.serialization.SerializableConstructor<T>, config: tf.serialization.ConfigDict): T {
    return new cls(config.learningRate, config.beta1, config.beta2, config.epsilon);
  }
}

function slotOf(slots: Slot[], index: number, originalName: string, variable: tf.Variable): tf.Variable {
  slots[index] ??= { originalName, variable: tf.variable(tf.zerosLike(variable), false) };
  return slots[index].variable;
}

/** beta to the power of a step. */
type Power = (step: number) => number;

/** TensorFlow multiplies the power up in float32, a step at a time; a step out of order (a checkpoint restored) starts over. */
function createPower(beta: number): Power {
  let [done, power] = [0, 1];
  return (step) => {
    if (step < done) [done, power] = [0, 1];
    for (; done < step; done += 1) power = Math.fround(power * Math.fround(beta));
    return power;
  };
}
