import * as tf from '@tensorflow/tfjs';

/** How a class of tfjs optimisers keeps its state. */
interface OptimizerLayout {
  /** Fields that hold a slot for each variable, by its position. */
  readonly slots: readonly string[];
  /** Fields that hold one tensor for the whole optimiser. */
  readonly scalars: readonly string[];
}

const LAYOUTS = {
  SGD: { slots: [], scalars: [] },
  Momentum: { slots: ['accumulations'], scalars: [] },
  Adagrad: { slots: ['accumulatedGrads'], scalars: [] },
  Adadelta: { slots: ['accumulatedGrads', 'accumulatedUpdates'], scalars: [] },
  RMSProp: { slots: ['accumulatedMeanSquares', 'accumulatedMoments', 'accumulatedMeanGrads'], scalars: [] },
  Adam: { slots: ['accumulatedFirstMoment', 'accumulatedSecondMoment'], scalars: ['accBeta1', 'accBeta2'] },
  Adamax: { slots: ['accumulatedFirstMoment', 'accumulatedWeightedInfNorm'], scalars: ['accBeta1', 'iteration'] },
} as const satisfies { readonly [className: string]: OptimizerLayout };

/** A variable that an optimiser keeps, as tfjs's optimisers hold it. */
interface Slot {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** An optimiser's state: tensors by field and position, and how often it was applied. */
export interface OptimizerState {
  readonly className: string;
  readonly iterations: number;
  readonly slots: Readonly<Record<string, readonly { readonly name: string; readonly value: tf.Tensor }[]>>;
  readonly scalars: Readonly<Record<string, tf.Tensor>>;
}

/** The state as it is now: its tensors are the live variables themselves. */
export function readOptimizer(optimizer: tf.Optimizer): OptimizerState {
  const { slots, scalars } = layoutOf(optimizer);
  const fields = fieldsOf(optimizer);
  return {
    className: optimizer.getClassName(),
    iterations: optimizer.iterations,
    slots: Object.fromEntries(slots.map((field) => [field, slotsOf(fields, field).map(({ originalName, variable }) => ({ name: originalName, value: variable }))])),
    scalars: Object.fromEntries(scalars.map((field) => [field, fields[field] as tf.Variable])),
  };
}

/** Gives an optimiser of the same class that state; the tensors stay the caller's. */
export function writeOptimizer(optimizer: tf.Optimizer, state: OptimizerState): void {
  const fields = fieldsOf(optimizer);
  for (const [field, values] of Object.entries(state.slots)) {
    const slots = slotsOf(fields, field);
    for (const { variable } of slots.splice(values.length)) variable.dispose();
    values.forEach(({ name, value }, index) => {
      const slot = slots[index] as Slot | undefined;
      if (slot === undefined) slots[index] = { originalName: name, variable: tf.variable(value, false) };
      else slot.variable.assign(value);
    });
  }
  for (const [field, value] of Object.entries(state.scalars)) (fields[field] as tf.Variable).assign(value);
  fields.iterations_ = state.iterations;
}

/** A tensor of an optimiser, to be read and replaced one by one. */
export interface OptimizerTensor {
  /** The identity of its data; null while the optimiser does not have it yet. */
  readonly identity: () => object | null;
  readonly read: () => tf.Tensor;
  readonly write: (value: tf.Tensor) => void;
  /** Takes it away, and all slots that come after it; a scalar is always there. */
  readonly remove?: () => void;
}

/** The slot `field` of the optimiser's variable at `index`; one that is written first gets the name. */
export function slotOf(optimizer: tf.Optimizer, field: string, index: number, name: string): OptimizerTensor {
  const fields = fieldsOf(optimizer);
  const slot = (): Slot | undefined => slotsOf(fields, field)[index];
  return {
    identity: () => slot()?.variable.dataId ?? null,
    read: () => (slot() as Slot).variable,
    write(value) {
      const there = slot();
      if (there === undefined) slotsOf(fields, field)[index] = { originalName: name, variable: tf.variable(value, false) };
      else there.variable.assign(value);
    },
    remove() {
      for (const { variable } of slotsOf(fields, field).splice(index)) variable.dispose();
    },
  };
}

/** The one tensor `field` of an optimiser. */
export function scalarOf(optimizer: tf.Optimizer, field: string): OptimizerTensor {
  const scalar = (): tf.Variable => fieldsOf(optimizer)[field] as tf.Variable;
  return { identity: () => scalar().dataId, read: scalar, write: (value) => scalar().assign(value) };
}

/** How often the optimiser was applied. */
export function setIterations(optimizer: tf.Optimizer, iterations: number): void {
  fieldsOf(optimizer).iterations_ = iterations;
}

type Fields = Record<string, unknown>;

/** tfjs has no other way to its optimisers' state: getWeights misses Adam's powers of beta, and Adamax and Adagrad lack more. */
function fieldsOf(optimizer: tf.Optimizer): Fields {
  return optimizer as unknown as Fields;
}

function slotsOf(fields: Fields, field: string): Slot[] {
  const slots = (fields[field] ?? []) as Slot[];
  fields[field] = slots;
  return slots;
}

/** By name, not instanceof: tfjs's optimisers all pass for one another there. Subclasses inherit the name. */
function layoutOf(optimizer: tf.Optimizer): OptimizerLayout {
  const className = optimizer.getClassName();
  return Object.hasOwn(LAYOUTS, className) ? LAYOUTS[className as keyof typeof LAYOUTS] : layoutByConvention(fieldsOf(optimizer));
}

/** An optimiser of the user's own, when it keeps its state the way tfjs's do: variables, and lists of { originalName, variable }. */
function layoutByConvention(fields: Fields): OptimizerLayout {
  const names = Object.keys(fields);
  return {
    slots: names.filter((name) => Array.isArray(fields[name]) && fields[name].every(isSlot)),
    scalars: names.filter((name) => fields[name] instanceof tf.Variable),
  };
}

function isSlot(value: unknown): value is Slot {
  return typeof value === 'object' && value !== null && 'variable' in value && value.variable instanceof tf.Variable;
}
