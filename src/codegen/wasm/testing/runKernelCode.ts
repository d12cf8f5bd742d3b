import { emitMath } from '../math/emitMath.ts';
import { moduleBuilder } from '../assembler/moduleBuilder.ts';
import { kernelParams, type KernelCode } from '../kernelContext.ts';

/** A kernel's stages, compiled on their own: for tests and measurements. */
export interface CompiledKernel {
  readonly memory: WebAssembly.Memory;
  /** Runs all stages, all chunks. */
  readonly run: () => void;
  readonly bytes: number;
}

/** `offsets` are the byte addresses of the buffers; `free` is the first byte that scratch and tables may take. */
export function compileStages(stages: readonly KernelCode[], offsets: readonly number[], free: number): CompiledKernel {
  const scratchBytes = Math.max(0, ...stages.map((stage) => stage.scratchBytes));
  let end = Math.ceil(free / 64) * 64;
  const scratch = end;
  end += Math.ceil(scratchBytes / 64) * 64;
  const tables: { readonly at: number; readonly data: readonly number[] }[] = [];
  const addresses = stages.map((stage) =>
    stage.bases.map((base) => {
      if (base.kind === 'buffer') return offsets[base.buffer];
      if (base.kind === 'scratch') return scratch;
      const at = end;
      tables.push({ at, data: base.data });
      end += Math.ceil((4 * base.data.length) / 64) * 64;
      return at;
    }),
  );
  const pages = Math.ceil((end + 64) / 65536);
  const module = moduleBuilder({ memory: { pages: () => pages, shared: false } });
  const tools = { math: emitMath };
  const references = stages.map((stage, i) => {
    const { type, names } = kernelParams(stage);
    return module.define(`stage${i}`, type, names, (fn) => stage.emit(fn, tools));
  });
  const main = module.define('run', '->', [], (fn) => {
    references.forEach((reference, i) => {
      fn.i32Const(0);
      fn.i32Const(stages[i].chunks);
      for (const address of addresses[i]) fn.i32Const(address);
      fn.call(reference);
    });
  });
  module.export('run', main);
  const bytes = module.bytes();
  const memory = new WebAssembly.Memory({ initial: pages });
  for (const { at, data } of tables) new Int32Array(memory.buffer, at, data.length).set(data);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), { env: { memory } });
  return { memory, run: instance.exports.run as () => void, bytes: bytes.length };
}
