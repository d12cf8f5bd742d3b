import type { Model } from '../../../dsl/typed.ts';

/** What `ganloss train` can do with the project, for the models that it trains. */
const TRAIN = `
The same networks on images of your own, with pictures, metrics and checkpoints:

\`\`\`sh
npx ganloss train objective.ganloss --networks networks.js --data images.npy --out out
\`\`\`

The sides of the images must be multiples of 4.
`;

/** `README.md` of a new project. */
export function readmeFile(model: Model, name: string): string {
  return `# ${name}

A ${model} trained by an objective that is compiled from \`objective.ganloss\`.

\`\`\`sh
npm install
npm start            # trains, and draws samples into the terminal
npm run explain      # both losses as formulas, and where each term comes from
\`\`\`

| file | holds |
|---|---|
| \`objective.ganloss\` | the objective: change it and run again |
| \`networks.js\` | the networks |
| \`data.js\` | the data: shapes drawn on the fly, to be replaced by your own |
| \`train.js\` | the training loop |
${model === 'gan' ? TRAIN : ''}`;
}
