import * as tf from '@tensorflow/tfjs';
import { compile, compileFunction, installGradients, type Batch, type PlayerName } from '../../../../src/index.ts';
import { dataOf, type CaseName } from '../../cases.ts';
import { sumOfMagnitudes } from '../../magnitudes.ts';
import type { Contestant } from '../../measure.ts';
import { tensorsOf } from '../../networks.ts';

type Run = Pick<Contestant, 'step' | 'gsum' | 'close'>;

type Data = Readonly<Record<string, tf.Tensor>>;

interface LossCase {
  readonly objective: string;
  readonly player: PlayerName;
  /** What the loss is differentiated by. */
  readonly inputs: readonly string[];
  readonly batch: (data: Data, inputs: readonly tf.Tensor[]) => Batch;
  readonly discriminator: (data: Data, inputs: readonly tf.Tensor[]) => (x: tf.Tensor) => tf.Tensor;
}

const itself = (x: tf.Tensor): tf.Tensor => x;

/** What D returns of real data and of fakes is given; a discriminator's loss has no gradient by the fakes themselves. */
const ofLogits = (objective: string): LossCase => ({
  objective,
  player: 'discriminator',
  inputs: ['real', 'fake'],
  batch: ({ real, fake }) => ({ real, generatorInputs: fake }),
  discriminator: (data, [real, fake]) => (x) => (x === data.real ? real : fake),
});

/** Objectives of no network: what D would return is in the batch. */
const LOSSES: { readonly [C in 'minimax' | 'hinge' | 'cyclel1']: LossCase } = {
  minimax: ofLogits('minimax(label_smoothing: 0)'),
  hinge: ofLogits('hinge'),
  cyclel1: {
    objective: `
      input a  input ra  input b  input rb
      term l1() { generator = (reduce(absolute_difference(a, ra)) + reduce(absolute_difference(b, rb)))/2 }
      objective = l1 + 0*wasserstein`,
    player: 'generator',
    inputs: ['ra', 'rb'],
    batch: ({ a, b }, [ra, rb]) => ({ a, b, ra, rb, real: ra, generatorInputs: ra }),
    discriminator: () => itself,
  },
};

interface Prepared {
  readonly loss: (...given: tf.Tensor[]) => tf.Scalar;
  /** What it is differentiated by. */
  readonly by: tf.Tensor[];
}

function prepare(name: CaseName): Prepared {
  const { objective, player, inputs, batch, discriminator } = LOSSES[name as keyof typeof LOSSES];
  const compiled = compile(objective);
  const data = tensorsOf(dataOf(name));
  return {
    loss: (...given) => compiled[`${player}Loss`]({ generator: itself, discriminator: discriminator(data, given) }, batch(data, given)) as tf.Scalar,
    by: inputs.map((input) => data[input]),
  };
}

/** A loss and its gradients by its inputs as compiled code, from and to tensors of tfjs. */
export function lossCompiled(name: CaseName, target: 'wasm' | 'js'): Run {
  const { loss, by } = prepare(name);
  const undo = installGradients();
  const compiled = compileFunction(loss, by, { gradients: true, target });
  let made: ReturnType<typeof compiled.call> | null = null;
  return {
    step() {
      if (made !== null) tf.dispose([made.value, ...(made.gradients as tf.Tensor[])]);
      made = compiled.call(...by);
      return made.value.dataSync()[0];
    },
    gsum: () => sumOfMagnitudes(made!.gradients.map((gradient) => gradient!.dataSync())),
    close() {
      compiled.dispose();
      undo();
    },
  };
}

/** A loss and its gradients by its inputs, on tfjs's tape. */
export function lossOnTape(name: CaseName): Run {
  const { loss, by } = prepare(name);
  const undo = installGradients();
  const differentiate = tf.valueAndGrads(loss);
  let gradients: readonly tf.Tensor[] = [];
  return {
    step() {
      tf.dispose([...gradients]);
      const [value, ...made] = tf.tidy(() => {
        const { value, grads } = differentiate(by);
        return [value, ...grads];
      });
      gradients = made;
      const [number] = value.dataSync();
      value.dispose();
      return number;
    },
    gsum: () => sumOfMagnitudes(gradients.map((gradient) => gradient.dataSync())),
    close: undo,
  };
}
