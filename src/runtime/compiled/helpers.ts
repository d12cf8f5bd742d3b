/** A thread that works on the programs of a module. */
export interface Helper {
  readonly terminate: () => void;
}

/** What a helper runs: it waits inside of the module, and returns when `stop` is called there. */
const CODE = 'const help = ({ module, memory }) => new WebAssembly.Instance(module, { env: { memory } }).exports.help();';

interface NodeWorkers {
  readonly Worker: new (code: string, options: { readonly eval: true; readonly workerData: unknown }) => { readonly unref: () => void; readonly on: (event: 'error', listener: () => void) => void; readonly terminate: () => Promise<unknown> };
}

interface NodeSystem {
  readonly availableParallelism?: () => number;
}

/** A module of Node, where this runs in a Node that hands them out without an import. */
function nodeModule<M>(name: string): M | null {
  const { process } = globalThis as { readonly process?: { readonly getBuiltinModule?: (name: string) => unknown } };
  return (process?.getBuiltinModule?.(name) as M | undefined) ?? null;
}

/** How many threads the platform runs at a time; 1 where memory cannot be shared. */
export function availableThreads(): number {
  const { crossOriginIsolated, navigator } = globalThis as { readonly crossOriginIsolated?: boolean; readonly navigator?: { readonly hardwareConcurrency?: number } };
  if (typeof SharedArrayBuffer === 'undefined') return 1;
  if (nodeModule<NodeWorkers>('node:worker_threads') !== null) return nodeModule<NodeSystem>('node:os')?.availableParallelism?.() ?? 1;
  return crossOriginIsolated === true && typeof Worker !== 'undefined' ? (navigator?.hardwareConcurrency ?? 1) : 1;
}

/** Whether the main thread may sleep: everywhere but in a browser's window. */
export function mainMaySleep(): boolean {
  return nodeModule('node:worker_threads') !== null;
}

/** Starts a thread on a module with shared memory. It neither keeps the process alive nor ends it: where it dies, others do its work. */
export function startHelper(module: WebAssembly.Module, memory: WebAssembly.Memory): Helper {
  const node = nodeModule<NodeWorkers>('node:worker_threads');
  if (node !== null) {
    const worker = new node.Worker(`${CODE}\nhelp(require('node:worker_threads').workerData);`, { eval: true, workerData: { module, memory } });
    worker.on('error', () => undefined);
    worker.unref();
    return { terminate: () => void worker.terminate() };
  }
  const url = URL.createObjectURL(new Blob([`${CODE}\nonmessage = ({ data }) => help(data);`], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.postMessage({ module, memory });
  return {
    terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
