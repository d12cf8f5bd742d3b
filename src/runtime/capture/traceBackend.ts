import * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../ir/graph.ts';

/** tfjs's key of a tensor's data. */
export type DataId = tf.TensorInfo['dataId'];

/** What stands behind a tensor of the tracing backend. */
export type Content =
  /** Numbers that were written: a tensor made of JavaScript values. */
  | { readonly kind: 'written'; readonly values: tf.backend_util.BackendValues }
  /** A value of the graph. */
  | { readonly kind: 'value'; readonly id: ValueId }
  /** The data of a tensor of another backend: a variable that is no input. */
  | { readonly kind: 'foreign'; readonly dataId: DataId };

export interface Entry {
  readonly content: Content;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  /** How many tensors share it; at 0 it is disposed. */
  references: number;
}

/** Called where the program reads data: gives the numbers if they are known, and raises GL5005 if they are not. */
export type Reader = (entry: Entry | undefined, how: string) => tf.backend_util.BackendValues;

/** A backend that holds values of a graph instead of numbers. */
export class TraceBackend extends tf.KernelBackend {
  readonly entries = new Map<DataId, Entry>();
  private readonly reader: Reader;

  constructor(reader: Reader) {
    super();
    this.reader = reader;
  }

  hold(content: Content, shape: readonly number[], dtype: tf.DataType): DataId {
    const dataId: DataId = {};
    this.entries.set(dataId, { content, shape: [...shape], dtype, references: 1 });
    return dataId;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    return this.hold({ kind: 'written', values }, shape, dtype);
  }

  override move(dataId: DataId, values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType, references: number): void {
    this.entries.set(dataId, { content: { kind: 'written', values }, shape, dtype, references });
  }

  override readSync(dataId: DataId): tf.backend_util.BackendValues {
    return this.reader(this.entries.get(dataId), 'dataSync');
  }

  override read(dataId: DataId): Promise<tf.backend_util.BackendValues> {
    try {
      return Promise.resolve(this.reader(this.entries.get(dataId), 'data'));
    } catch {
      // not rejected, since nobody may be listening: the reader has noted it, and the capture raises it in the end
      return new Promise(() => undefined);
    }
  }

  override readToGPU(dataId: DataId): tf.GPUData {
    this.reader(this.entries.get(dataId), 'dataToGPU');
    throw new Error('there is no GPU here');
  }

  override refCount(dataId: DataId): number {
    return this.entries.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: DataId): void {
    const entry = this.entries.get(dataId);
    if (entry !== undefined) entry.references += 1;
  }

  decRef(dataId: DataId): void {
    const entry = this.entries.get(dataId);
    if (entry !== undefined) entry.references -= 1;
  }

  /** The content stays, so that what a variable was before it was assigned can be told. */
  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.entries.get(dataId);
    if (entry === undefined) return true;
    entry.references = force ? 0 : entry.references - 1;
    return entry.references <= 0;
  }

  override numDataIds(): number {
    return [...this.entries.values()].filter(({ references }) => references > 0).length;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  /** The entries stay: what outlives the trace is moved afterwards. */
  override dispose(): void {}
}
