/**
 * A test runner for Stryker that keeps the tests of one bundle in one process: each mutant gets the
 * program anew (nothing of one mutant reaches the next), but neither a worker nor a transformation.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { Script } from 'node:vm';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { bundleTests } from './bundleTests.mjs';
import { createExpect, createTestKit } from './testKit.mjs';

const { folders, without, budgetMilliseconds } = JSON.parse(readFileSync(new URL('tests.json', import.meta.url), 'utf8'));

/** Milliseconds, whatever else the machine does. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function nearness(test, mutated) {
  if (dirname(resolve(test)) === dirname(mutated)) return 100;
  // the goldens are what lowering and the passes make
  const stage = relative('src', mutated).split('/')[0];
  return test.startsWith(join('src', stage)) || (stage !== 'ir' && test.startsWith('test')) ? 10 : 1;
}

function createRunner() {
  const state = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
  const expect = createExpect();
  const require = createRequire(resolve('package.json'));
  // a mutant that was found needs no smaller counterexample
  require('fast-check').configureGlobal({ endOnFailure: true });
  let program;
  /** What each test took and how often it found a mutant: the quick and the strict ones come first. */
  const records = new Map();
  const recordOf = (id) => records.get(id) ?? records.set(id, { milliseconds: 50, kills: 0 }).get(id);
  /** Per millisecond; tests beside the mutant come before those of other folders. */
  const worth = ({ id, file }, mutated) => (nearness(file, mutated) * (recordOf(id).kills + 0.05)) / (recordOf(id).milliseconds + 0.2);

  function load() {
    const tests = [];
    globalThis.testKitOf = (file) => createTestKit(expect, file.slice(process.cwd().length + 1), tests);
    const module = { exports: {} };
    program.runInThisContext()(require, module, module.exports);
    return tests;
  }

  async function run({ id, name, file, run: body }) {
    const start = performance.now();
    let failure = null;
    try {
      await body();
    } catch (error) {
      failure = error;
    }
    const timeSpentMs = performance.now() - start;
    recordOf(id).milliseconds = timeSpentMs;
    const result = { id, name, fileName: resolve(file), timeSpentMs };
    return failure === null ? { ...result, status: TestStatus.Success } : { ...result, status: TestStatus.Failed, failureMessage: String(failure?.message ?? failure) };
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),
    async init() {
      const files = folders
        .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)))
        .filter((file) => file.endsWith('.test.ts') && !without.includes(file))
        .map((file) => resolve(file))
        .sort();
      program = new Script(`(function (require, module, exports) {${await bundleTests(files)}\n})`, { filename: 'tests.cjs' });
    },
    async dryRun() {
      state.activeMutant = undefined;
      state.hitLimit = undefined;
      state.currentTestId = undefined;
      const tests = [];
      for (const test of load()) {
        state.currentTestId = test.id;
        tests.push(await run(test));
        state.currentTestId = undefined;
      }
      return { status: DryRunStatus.Complete, tests, mutantCoverage: state.mutantCoverage };
    },
    async mutantRun({ activeMutant, sandboxFileName, testFilter, hitLimit, mutantActivation }) {
      state.hitCount = 0;
      state.hitLimit = hitLimit;
      state.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
      const done = [];
      try {
        const wanted = testFilter === undefined ? null : new Set(testFilter);
        const tests = load().filter(({ id }) => wanted === null || wanted.has(id)).sort((a, b) => worth(b, sandboxFileName) - worth(a, sandboxFileName));
        state.activeMutant = activeMutant.id;
        const end = processorTime() + budgetMilliseconds;
        for (const test of tests) {
          // more time would find more: what survives the budget counts as a survivor
          if (processorTime() > end) break;
          done.push(await run(test));
          if (done.at(-1).status !== TestStatus.Failed) continue;
          recordOf(test.id).kills += 1;
          break;
        }
      } catch (error) {
        // the program does not even load
        done.push({ id: 'load', name: 'load', timeSpentMs: 0, status: TestStatus.Failed, failureMessage: String(error) });
      }
      state.activeMutant = undefined;
      return toMutantRunResult(determineHitLimitReached(state.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests: done });
    },
  };
}

createRunner.inject = [];
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'bundle', createRunner)];
