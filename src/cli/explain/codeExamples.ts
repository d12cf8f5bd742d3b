import type { Code } from '../../support/codes.ts';

/** What `ganloss explain CODE` shows beside the meaning of the code. */
export interface CodeExplanation {
  /** Why it is a problem, or what the compiler did, in a sentence or two. */
  readonly why: string;
  /** How to mend it. */
  readonly mend: string;
  /** A specification that causes it. */
  readonly example: string;
  /** The example put right; absent where the remark is no problem. */
  readonly mended?: string;
}

/** The codes that a specification alone can cause: a test compiles every example and sees its code. */
export type SpecCode = Extract<Code, `GL1${string}` | `GL2${string}` | `GL3${string}` | `GL4${string}`>;

export const CODE_EXAMPLES: { readonly [C in SpecCode]: CodeExplanation } = {
  GL1001: {
    why: 'The language is made of names, numbers, strings in double quotes, and + - * / ^ ( ) { } , : = . ? < > ! & |. Anything else may stand in comments only.',
    mend: 'Remove the character, or put it into a comment.',
    example: 'wasserstein § 10*gp\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL1002: {
    why: 'Something stands where the grammar has no place for it, or something is missing there.',
    mend: 'Write what the message asks for.',
    example: 'wasserstein + * gp\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL1003: {
    why: 'A comment, a string or a bracket is opened and never closed, so that what follows cannot be read.',
    mend: 'Close it.',
    example: 'wasserstein + 10*gp(target: 1\n',
    mended: 'wasserstein + 10*gp(target: 1)\n',
  },
  GL1004: {
    why: 'Numbers are written 10, 0.5, .5, 1e-10 or 1_000.',
    mend: 'Write the number in one of these forms.',
    example: 'wasserstein + 1.2.3*gp\n',
    mended: 'wasserstein + 1.23*gp\n',
  },
  GL1005: {
    why: 'A file that is compiled says what is trained for: one sum of terms. A file without one can only be imported.',
    mend: 'Write the objective, as the last thing in the file for instance.',
    example: 'param lambda = 10\n',
    mended: 'param lambda = 10\nobjective = wasserstein + lambda*gp\n',
  },
  GL1006: {
    why: 'Nesting, and the size of a file, are limited, so that no text can exhaust the memory of the machine that compiles it.',
    mend: 'Give names to parts of it with let.',
    example: `${'('.repeat(2000)}wasserstein${')'.repeat(2000)}\n`,
    mended: '(wasserstein)\n',
  },
  GL2001: {
    why: 'Where terms are added up, a name must be a built-in term, a term of this file, or one that it imports.',
    mend: 'Correct the name, or define the term.',
    example: 'wassertein + 10*gp\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL2002: {
    why: 'The name is neither defined in this file, nor bound by the model, nor a function.',
    mend: 'Correct the name, or define it with let, param or input.',
    example: 'wasserstein + lambda*gp\n',
    mended: 'param lambda = 10\nobjective = wasserstein + lambda*gp\n',
  },
  GL2003: {
    why: 'A term takes each of its arguments at most once, and no others. "ganloss explain gp" lists those of gp.',
    mend: 'Correct the name of the argument, or remove it.',
    example: 'wasserstein + 10*gp(taget: 1)\n',
    mended: 'wasserstein + 10*gp(target: 1)\n',
  },
  GL2004: {
    why: 'A name means one thing in a file, and built-in names keep their meaning, so that a text means the same to everyone who reads it.',
    mend: 'Choose another name. To change a built-in term, give it arguments.',
    example: 'let gp = 10\nobjective = wasserstein\n',
    mended: 'let weight = 10\nobjective = wasserstein + weight*gp\n',
  },
  GL2005: {
    why: 'Two values of one setting contradict each other, or one is superfluous.',
    mend: 'Keep the one that is meant.',
    example: 'reduction mean\nreduction sum\nobjective = wasserstein\n',
    mended: 'reduction sum\nobjective = wasserstein\n',
  },
  GL2006: {
    why: 'model is gan, infogan, acgan, cyclegan or stargan; reduction is none, sum, mean, sum_over_batch_size, sum_over_nonzero_weights or sum_by_nonzero_weights; math is strict or fast.',
    mend: 'Choose one of these.',
    example: 'reduction average\nobjective = wasserstein\n',
    mended: 'reduction mean\nobjective = wasserstein\n',
  },
  GL2007: {
    why: 'Imports are relative to the file that imports. Only files of the same project are read (the nearest folder upwards with a package.json or .git), so that a specification from elsewhere cannot read the rest of the disk.',
    mend: 'Correct the path, or move the file into the project.',
    example: 'import { r1 } from "./nowhere.ganloss"\nobjective = wasserstein + r1\n',
  },
  GL2008: {
    why: 'A term that is made of itself would never end.',
    mend: 'Take it out of its own definition.',
    example: 'term a() = wasserstein + b\nterm b() = 2*a\nobjective = a\n',
    mended: 'term a() = wasserstein + b\nterm b() = 2*gp\nobjective = a\n',
  },
  GL2009: {
    why: 'A file has one objective: both losses come from it.',
    mend: 'Add the two up, or move one of them into a file of its own.',
    example: 'objective = wasserstein\nobjective = 10*gp\n',
    mended: 'objective = wasserstein + 10*gp\n',
  },
  GL3001: {
    why: 'A term stands for two losses, one for each player. Such pairs can be added up and multiplied by numbers, but there is no product, quotient or power of two of them.',
    mend: 'Add the terms, or multiply one by a number.',
    example: 'wasserstein * gp\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL3002: {
    why: 'A number is no loss: it would change no gradient. Mostly a weight was meant.',
    mend: 'Multiply: 10*gp.',
    example: 'wasserstein + 10\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL3003: {
    why: 'The divisor is zero.',
    mend: 'Divide by another number, or multiply.',
    example: 'wasserstein + gp/0\n',
    mended: 'wasserstein + gp/10\n',
  },
  GL3004: {
    why: 'A number, a truth value, a string, a tensor or a term stands where another of these is needed.',
    mend: 'Write a value of the type that the message names.',
    example: 'wasserstein + 10*gp(one_sided: 1)\n',
    mended: 'wasserstein + 10*gp(one_sided: true)\n',
  },
  GL3005: {
    why: 'A call has more arguments than what is called takes, or lacks one that has no default.',
    mend: 'Remove what is too much, or add what is missing. Naming arguments (target: 1) shows which is which.',
    example: 'wasserstein + 10*gp(1e-10, 1, true, 1, 5)\n',
    mended: 'wasserstein + 10*gp(1e-10, 1, true, 1)\n',
  },
  GL3006: {
    why: 'Terms need what their model binds: mi needs codes, acgan labels, cycle two domains. One objective has one model.',
    mend: 'Remove the terms of the other model, or the model setting.',
    example: 'least_squares + mi + 10*cycle\n',
    mended: 'least_squares + 10*cycle\n',
  },
  GL3007: {
    why: 'Against a negative weight a penalty becomes a reward, and training diverges. TF-GAN refuses it as well.',
    mend: 'Make the weight positive; 0 removes the term.',
    example: 'wasserstein - 10*gp\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL3008: {
    why: 'A weight or default is infinite or not a number, and so would every loss be.',
    mend: 'Use a finite number.',
    example: 'wasserstein + 1e999*gp\n',
    mended: 'wasserstein + 1e9*gp\n',
  },
  GL3009: {
    why: '.generator and .discriminator keep one half of a term, and this term has no such half: a gradient penalty, for one, concerns the discriminator alone.',
    mend: 'Remove it, or take the other half.',
    example: 'wasserstein + 10*gp.generator\n',
    mended: 'wasserstein + 10*gp.discriminator\n',
  },
  GL3010: {
    why: "No term of the objective makes this player's loss depend on what the discriminator thinks of real or generated data, so the two do not play against each other.",
    mend: 'Add an adversarial term such as wasserstein, hinge or modified, or the missing half of one.',
    example: 'wasserstein.discriminator + 10*gp\n',
    mended: 'wasserstein + 10*gp\n',
  },
  GL3011: {
    why: "A clause is a loss: one number. The discriminator's output is one number for each sample.",
    mend: 'Reduce it, by reduce(…), mean(…) or sum(…).',
    example: 'term drift() {\n  discriminator = D(real)^2\n}\nobjective = wasserstein + 0.001*drift\n',
    mended: 'term drift() {\n  discriminator = mean(D(real)^2)\n}\nobjective = wasserstein + 0.001*drift\n',
  },
  GL3012: {
    why: 'The first argument of grad does not depend on the second one: the gradient would be zero, and the term would do nothing.',
    mend: 'Differentiate what is computed from the variable.',
    example: 'term slopes() {\n  discriminator = mean(sum_per_sample(grad(D(fake), real)^2))\n}\nobjective = modified + 10*slopes\n',
    mended: 'term slopes() {\n  discriminator = mean(sum_per_sample(grad(D(real), real)^2))\n}\nobjective = modified + 10*slopes\n',
  },
  GL3013: {
    why: 'The argument has a range outside of which it means nothing: label smoothing, for one, is a share of the label between 0 and 1.',
    mend: 'Choose a value in the range that the message names.',
    example: 'modified(label_smoothing: 2)\n',
    mended: 'modified(label_smoothing: 0.2)\n',
  },
  GL4001: {
    why: 'A literal weight of 0 on an auxiliary term removes the term, as in TF-GAN: it is not computed at all.',
    mend: 'Nothing is wrong. To switch a term on and off between steps, make its weight a param.',
    example: 'wasserstein + 0*gp\n',
  },
  GL4002: {
    why: 'Something is defined that nothing uses; often it was meant to be used.',
    mend: 'Use it, or remove it.',
    example: 'param lambda = 10\nobjective = wasserstein + 10*gp\n',
    mended: 'param lambda = 10\nobjective = wasserstein + lambda*gp\n',
  },
  GL4003: {
    why: 'Equal terms are one value, its random draws included: gp + gp is 2*gp, and the term is computed once.',
    mend: 'Nothing is wrong. Two penalties that draw for themselves need a difference in their arguments.',
    example: 'wasserstein + gp + gp\n',
  },
  GL4005: {
    why: 'TF-GAN multiplies this term by its weight even when that is 0, so that a NaN in it stays visible. So does ganloss under "math strict".',
    mend: 'Nothing is wrong. Remove the term, or write "math fast", to save its computation.',
    example: 'least_squares + 0*cycle\n',
  },
};
