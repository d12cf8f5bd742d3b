// Grids of digits as PNG files.
import { writeFileSync } from 'node:fs';
import { encode } from 'fast-png';

/** Writes images [N, height, width, 1] with values in [-1, 1] as rows of `columns`. */
export function writeGrid(path, images, columns) {
  const [count, height, width] = images.shape;
  const values = images.dataSync();
  const size = { width: columns * width, height: Math.ceil(count / columns) * height };
  const data = new Uint8Array(size.width * size.height);
  for (let i = 0; i < count * height * width; i += 1) {
    const [image, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    const at = (Math.floor(image / columns) * height + y) * size.width + (image % columns) * width + x;
    data[at] = Math.round(Math.min(255, Math.max(0, (values[i] + 1) * 127.5)));
  }
  writeFileSync(path, encode({ ...size, data, channels: 1, depth: 8 }));
}
