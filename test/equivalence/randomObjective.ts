import * as fc from 'fast-check';
import { MODELS, REDUCTIONS, type Model } from '../../src/dsl/typed.ts';
import { createChoices, type Choices } from '../../src/ir/testing/choices.ts';
import { ACTIVATION_NAMES, type Activation } from './network.ts';
import { multiHinge, preludeUse, type Use } from './preludeUse.ts';
import { createTermWriter } from './randomTerm.ts';

/** A specification without errors, and what to run it with. */
export interface RandomObjective {
  readonly model: Model;
  readonly text: string;
  readonly activation: Activation;
  readonly seed: number;
  /** Whether D.classes has one class more, that of generated data. */
  readonly sampleClass: boolean;
}

/** `terms`: the built-in terms and ones made of them; `bodies`: terms with tensor bodies too. */
export type Flavour = 'terms' | 'bodies';

/** Random specifications of every model, every setting, and terms of the prelude or of their own. Shorter streams are simpler ones. */
export function randomObjective(flavour: Flavour): fc.Arbitrary<RandomObjective> {
  return fc.array(fc.nat(2 ** 31 - 1), { minLength: 6, maxLength: flavour === 'terms' ? 60 : 160, size: 'max' }).map((stream) => grow(stream, flavour));
}

const POOLS = ['', '', 'pool tensor_pool(size: 4, probability: 0.5)\n'];
const MATH = ['', 'math strict\n', 'math fast\n'];

/** The specification that a stream of decisions makes. */
export function grow(stream: readonly number[], flavour: Flavour): RandomObjective {
  const choices = createChoices(stream);
  const model = choices.element(MODELS);
  const seed = 1 + choices.choose(1000);
  const activation = choices.element(ACTIVATION_NAMES);
  // unreduced losses have shapes of their own, which random bodies would not fit
  const reductions = flavour === 'terms' ? REDUCTIONS : REDUCTIONS.filter((name) => name !== 'none');
  const reduction = choices.rarely(2) ? `reduction ${choices.element(reductions)}\n` : '';
  const settings = `${choices.element(POOLS)}${choices.element(MATH)}${reduction}`;

  const declared = new Set<string>();
  const items: string[] = [];
  const sampleClass = flavour === 'terms' && model === 'acgan' && choices.rarely(3);
  const uses: Use[] = [sampleClass ? multiHinge(choices) : preludeUse(choices, model, declared, 'adversarial')];
  if (!sampleClass) for (let count = choices.choose(3); count > 0; count--) uses.push(preludeUse(choices, model, declared, 'any'));
  if (flavour === 'bodies') {
    for (let count = choices.between(1, 2); count > 0; count--) {
      const term = createTermWriter(choices, model, declared, `own${count}`);
      items.push(term.text);
      uses.push(term.use);
    }
  }
  const sum = sumOf(choices, uses, items, declared);
  const declarations = [...declared].sort().map((name) => (name === 'k' || name === 'j' ? `param ${name} = ${name === 'k' ? '0.7' : '2'}\n` : `input ${name}\n`));
  return { model, seed, activation, sampleClass, text: `model ${model}\n${settings}${declarations.join('')}${items.join('')}objective = ${sum}\n` };
}

/** A weighted sum, some of it in lets and in terms made of terms. */
function sumOf(choices: Choices, uses: readonly Use[], items: string[], declared: Set<string>): string {
  const weighted = uses.map((use, index) => {
    const part = choices.rarely(4) && use.players.length === 2 ? `(${use.text}).${choices.element(use.players)}` : use.text;
    return { ...use, text: weigh(choices, part, use.signed && index > 0, declared) };
  });
  return weighted
    .map((use, index) => {
      const { text } = use;
      if (index > 0 && choices.rarely(5)) {
        items.push(`let part${index} = ${text}\n`);
        return ` + part${index}`;
      }
      if (index > 0 && choices.rarely(5)) {
        items.push(`term sum${index}(s = 2) = s*(${text})\n`);
        return ` + sum${index}${choices.rarely(2) ? '(s: 3)' : ''}`;
      }
      if (index > 0 && use.signed && choices.rarely(3)) return ` - ${text}`;
      return index === 0 ? text : ` + ${text}`;
    })
    .join('');
}

function weigh(choices: Choices, text: string, signed: boolean, declared: Set<string>): string {
  const param = (name: string) => {
    declared.add(name);
    return name;
  };
  const forms: readonly (() => string)[] = [
    () => text,
    () => `2*(${text})`,
    () => `(${text})*0.5`,
    () => `(${text})/4`,
    () => `${param('k')}*(${text})`,
    () => `(${text})*(${param('k')} + ${param('j')}^2)`,
    () => `((${text}) + 2*(${text}))`,
    () => `(${param('k')} > 1 ? 2 : ${param('j')})*(${text})`,
    () => `linear(1, 3, 10)*(${text})`,
    () => `(${text})*cosine(0.5, 2, 8)/(1 + after(5))`,
    () => `every(3, ${text})`,
    ...(signed ? [() => `-(${text})`, () => `(-${param('j')})*(${text})`, () => `0*(${text})`] : []),
  ];
  return choices.element(forms)();
}
