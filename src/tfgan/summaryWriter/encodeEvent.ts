import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Histogram } from './histogram.ts';

/** What TensorBoard shows under a tag. */
export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'image'; readonly tag: string; readonly image: EncodedImage }
  | { readonly kind: 'histogram'; readonly tag: string; readonly histogram: Histogram };

export interface EncodedImage {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and opacity, 3 red, green and blue, 4 those and opacity. */
  readonly channels: number;
  readonly png: Uint8Array;
}

/** The first event of a file, from which readers know its version. */
export function encodeFileVersion(seconds: number): Uint8Array {
  return event(seconds).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish();
}

/**
 * The values of a step as an `Event` message. Field numbers are those of TensorFlow's event.proto and summary.proto: Event
 * { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }, Summary { repeated Value value = 1; }.
 */
export function encodeSummary(seconds: number, step: number, values: readonly SummaryValue[]): Uint8Array {
  const writer = event(seconds).tag(2, WireType.Varint).int64(step).tag(5, WireType.LengthDelimited).fork();
  for (const value of values) {
    // Value { string tag = 1; oneof { float simple_value = 2; Image image = 4; HistogramProto histo = 5; } }
    writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(value.tag);
    writeValue(writer, value);
    writer.join();
  }
  return writer.join().finish();
}

function event(seconds: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(seconds);
}

function writeValue(writer: BinaryWriter, value: SummaryValue): void {
  switch (value.kind) {
    case 'scalar':
      writer.tag(2, WireType.Bit32).raw(new Uint8Array(new Float32Array([value.value]).buffer));
      return;
    case 'image':
      writeImage(writer.tag(4, WireType.LengthDelimited).fork(), value.image);
      writer.join();
      return;
    case 'histogram':
      writeHistogram(writer.tag(5, WireType.LengthDelimited).fork(), value.histogram);
      writer.join();
      return;
    default:
      value satisfies never;
  }
}

/** Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; } */
function writeImage(writer: BinaryWriter, { height, width, channels, png }: EncodedImage): void {
  [height, width, channels].forEach((value, index) => writer.tag(index + 1, WireType.Varint).int32(value));
  writer.tag(4, WireType.LengthDelimited).bytes(png);
}

/** HistogramProto { double min = 1, max = 2, num = 3, sum = 4, sum_squares = 5; packed double bucket_limit = 6, bucket = 7; } */
function writeHistogram(writer: BinaryWriter, { min, max, count, sum, sumOfSquares, limits, counts }: Histogram): void {
  [min, max, count, sum, sumOfSquares].forEach((value, index) => writer.tag(index + 1, WireType.Bit64).double(value));
  [limits, counts].forEach((list, index) => {
    writer.tag(index + 6, WireType.LengthDelimited).fork();
    for (const value of list) writer.double(value);
    writer.join();
  });
}
