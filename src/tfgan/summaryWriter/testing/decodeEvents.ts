/** A reader of event files that shares nothing with the writer: framing, checksums and fields by hand. */
export interface DecodedEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion: string | null;
  readonly values: readonly DecodedValue[];
}

export interface DecodedValue {
  readonly tag: string;
  readonly scalar?: number;
  readonly image?: { readonly height: number; readonly width: number; readonly channels: number; readonly png: Uint8Array };
  readonly histogram?: { readonly numbers: readonly number[]; readonly limits: readonly number[]; readonly counts: readonly number[] };
}

/** The events of a file. Throws where a length, a checksum or a message is not as it should be. */
export function decodeEvents(file: Uint8Array): readonly DecodedEvent[] {
  const events: DecodedEvent[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    check(view.getUint32(at + 8, true) === masked(file.subarray(at, at + 8)), 'checksum of a length');
    const data = file.slice(at + 12, at + 12 + length);
    check(view.getUint32(at + 12 + length, true) === masked(data), 'checksum of data');
    events.push(decodeEvent(data));
    at += 16 + length;
  }
  return events;
}

function check(right: boolean, what: string): void {
  if (!right) throw new Error(`event file: ${what}`);
}

/** CRC-32C bit by bit, masked as TFRecord has it. */
function masked(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = (crc ^ 0xffffffff) >>> 0;
  return (Math.floor(crc / 2 ** 15) + (crc % 2 ** 15) * 2 ** 17 + 0xa282ead8) % 2 ** 32;
}

type Field = { readonly number: number; readonly value: number | Uint8Array };

function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
  };
  const fixed = (size: 4 | 8): number => {
    const value = size === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true);
    at += size;
    return value;
  };
  const slice = (length: number): Uint8Array => {
    check(at + length <= bytes.length, 'length of a field');
    at += length;
    return bytes.slice(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, type] = [Math.floor(key / 8), key % 8];
    check([0, 1, 2, 5].includes(type), `wire type ${type}`);
    fields.push({ number, value: type === 0 ? varint() : type === 1 ? fixed(8) : type === 5 ? fixed(4) : slice(varint()) });
  }
  return fields;
}

const text = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);
const doubles = (value: unknown): readonly number[] => [...new Float64Array((value as Uint8Array).slice().buffer)];
const one = (fields: readonly Field[], number: number): number | Uint8Array | undefined => fields.find((field) => field.number === number)?.value;

function decodeEvent(data: Uint8Array): DecodedEvent {
  const fields = fieldsOf(data);
  const summary = one(fields, 5);
  return {
    wallTime: one(fields, 1) as number,
    step: (one(fields, 2) ?? 0) as number,
    fileVersion: one(fields, 3) === undefined ? null : text(one(fields, 3)),
    values: summary === undefined ? [] : fieldsOf(summary as Uint8Array).map(({ value }) => decodeValue(fieldsOf(value as Uint8Array))),
  };
}

function decodeValue(fields: readonly Field[]): DecodedValue {
  const tag = text(one(fields, 1));
  const [scalar, image, histogram] = [2, 4, 5].map((number) => one(fields, number));
  if (image !== undefined) {
    const parts = fieldsOf(image as Uint8Array);
    const [height, width, channels] = [1, 2, 3].map((number) => one(parts, number) as number);
    return { tag, image: { height, width, channels, png: one(parts, 4) as Uint8Array } };
  }
  if (histogram !== undefined) {
    const parts = fieldsOf(histogram as Uint8Array);
    return { tag, histogram: { numbers: [1, 2, 3, 4, 5].map((number) => one(parts, number) as number), limits: doubles(one(parts, 6)), counts: doubles(one(parts, 7)) } };
  }
  return { tag, scalar: scalar as number };
}
