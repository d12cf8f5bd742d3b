import { saveCheckpoint } from '../../src/node/checkpointFiles.ts';
import { SpecError } from '../../src/support/diagnostic.ts';
import { stateOf } from './state.ts';

// Saves one checkpoint after the other, from a step on, and says so after each; until it is killed, or for so many.
const [directory, first, count] = process.argv.slice(2);
try {
  for (let step = Number(first); step < Number(first) + Number(count); step += 1) {
    await saveCheckpoint(directory, stateOf(step));
    process.stdout.write(`${step}\n`);
  }
} catch (error) {
  if (!(error instanceof SpecError)) throw error;
  process.stdout.write(`${error.diagnostics[0].code}\n`);
}
