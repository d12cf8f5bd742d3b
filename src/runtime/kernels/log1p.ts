import type { WasmKernel } from './wasmKernel.ts';
import { floatsOf } from './wasmKernel.ts';

/** log(1 + x) to the last bits also where x is small: the stock kernel adds 1 first, and knows nothing of x below 6e-8. */
export const log1p: WasmKernel = {
  kernelName: 'Log1p',
  run({ backend, stock, inputs, attributes }) {
    const x = inputs['x']!;
    if (x.dtype !== 'float32') return stock.run('Log1p', { x }, attributes);
    const out = backend.makeOutput([...x.shape], 'float32');
    const [from, to] = [floatsOf(backend, x), floatsOf(backend, out)];
    for (let i = 0; i < to.length; i++) to[i] = Math.log1p(from[i]!);
    return out;
  },
};
