import { adam, setUp, updatesOf } from '../../bench/steps/systems/ganloss/setup.ts';
import { compileWasm } from '../../src/codegen/wasm/module.ts';
import { compile } from '../../src/index.ts';
import { printGraph } from '../../src/ir/print.ts';
import { optimizeStatic } from '../../src/passes/optimizeStatic.ts';
import { recordStep } from '../../src/runtime/ahead/planStep.ts';
import { printSchedule } from '../../src/schedule/printSchedule.ts';
import { schedule } from '../../src/schedule/schedule.ts';

/** The kernel whose code is shown: the discriminator's second layer with its bias, its activation, and the mask of its slope. */
const SHOWN = 'dot_general + select + multiply';
const CONTEXT = { math: 'strict', remark: () => undefined } as const;

/** One update of the discriminator of the case mlp64 (bench/README.md), from the captured loss to machine code. */
export function stepJourney(): string {
  const { objective: text, networks, batch } = setUp('mlp64');
  const objective = compile(text, { file: 'wgan-gp.ganloss' });
  const { captured, programs } = recordStep({ objective, networks, batch, math: 'strict', options: { optimizers: { generator: adam(), discriminator: adam() }, steps: updatesOf('D') } });
  const [evaluate, , apply] = programs;
  const optimized = optimizeStatic(evaluate.program.graph, CONTEXT);
  const remarks = new Map<string, number>();
  for (const { rule, why } of schedule(optimized).remarks) remarks.set(`${rule}: ${why}`, (remarks.get(`${rule}: ${why}`) ?? 0) + 1);

  const module = compileWasm(programs, { relaxedSimd: false, sharedMemory: false });
  const place = evaluate.schedule.kernels.findIndex(({ name, kernel }) => name === SHOWN && kernel.kind === 'contraction' && kernel.contracted.some(({ size }) => size === 64));
  const call = module.calls.get(evaluate.name)!.find(({ kernel }) => kernel === place)!;
  const { live, planned } = evaluate.schedule.peak;
  const code = (content: string, language = ''): string => `\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
  return [
    '# A whole step of it',
    'The same objective with networks: an update of the discriminator, compiled. The networks are those of the case mlp64 of [the bench](../bench/README.md): a discriminator 2 → 64 → 64 → 1 with leaky ReLU, a generator 16 → 64 → 64 → 2 with ReLU, 64 samples. `ganloss explain --schedule` prints the schedule of any other.',
    '## Captured loss',
    '`src/runtime/capture`: the program above ran once on tensors that stand for values. The generator and D(real), D(fake), D(point) are equations; an activation carries TensorFlow’s slope along (`custom_vjp`); `gp.0` is an input that the host fills.',
    code(printGraph(captured[0].graph)),
    '## Differentiated',
    '`src/step`: the gradients by the discriminator’s weights are outputs. The inner gradient, of the penalty, was made first; so what is differentiated here holds the derivative of D.',
    code(printGraph(evaluate.program.graph)),
    '## Optimised',
    '`src/passes`: what is known, equal or unused is gone; marks that only differentiation needs are released.',
    code(printGraph(optimized)),
    '## Schedule',
    `\`src/schedule\`: ${evaluate.schedule.kernels.length} kernels in place of ${optimized.equations.length} equations, each with its place in memory; ${planned} bytes of temporaries, of which ${live} are alive at once. What was merged, and why:`,
    [...remarks].map(([line, count]) => `- ${count} × ${line}`).join('\n'),
    code(printSchedule(evaluate.schedule)),
    'The optimiser is a program of its own, which runs where all of this came out finite:',
    code(printSchedule(apply.schedule)),
    '## WebAssembly',
    `\`src/codegen/wasm\`: kernel ${place} of the schedule, \`${SHOWN}\`: the product, the bias, the leaky ReLU and the mask of its slope in one pass. It computes chunks [begin, end) of ${call.chunks}, which threads may share.`,
    code(module.print(call.function), 'wat'),
  ].join('\n\n');
}
