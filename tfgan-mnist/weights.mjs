// A network's variables as a file of bytes and a file that tells what they are, in the form of tfjs's own models.
import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';

export async function saveWeights(path, network) {
  const { data, specs } = await tf.io.encodeWeights([...network.namedVariables].map(([name, tensor]) => ({ name, tensor })));
  writeFileSync(`${path}.bin`, Buffer.from(data));
  writeFileSync(`${path}.json`, JSON.stringify(specs, null, 1));
}

export function loadWeights(path, network) {
  const bytes = readFileSync(`${path}.bin`);
  const weights = tf.io.decodeWeights(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), JSON.parse(readFileSync(`${path}.json`, 'utf8')));
  for (const [name, variable] of network.namedVariables) {
    if (weights[name] === undefined) throw new Error(`${path}.json has no variable ${name}`);
    variable.assign(weights[name]);
  }
  tf.dispose(weights);
}
