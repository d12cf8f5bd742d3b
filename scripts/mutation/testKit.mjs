import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format as fill } from 'node:util';
import { ASYMMETRIC_MATCHERS_OBJECT, chai, getState, GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect';
import { format } from '@vitest/pretty-format';

const lines = (text) => text.trim().split('\n').map((line) => line.trim()).join('\n');

/** Snapshots are kept by vitest; here they are compared only, so that no run can change one. */
function snapshots(api, { AssertionError }) {
  const compare = (found, expected) => {
    if (found !== expected) throw new AssertionError('the snapshot differs', { actual: found, expected });
  };
  api.Assertion.addMethod('toMatchFileSnapshot', function (path) {
    compare(this._obj, readFileSync(path.startsWith('file:') ? fileURLToPath(path) : path, 'utf8'));
  });
  api.Assertion.addMethod('toMatchInlineSnapshot', function (text) {
    compare(lines(format(this._obj, { escapeString: false, printBasicPrototype: false })), lines(text));
  });
}

/** vitest's `expect`, without a worker of vitest around it. */
export function createExpect() {
  chai.use(JestExtend);
  chai.use(JestChaiExpect);
  chai.use(JestAsymmetricMatchers);
  chai.use((api) => snapshots(api, chai));
  const expect = (value, message) => chai.expect(value, message);
  Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
  expect.getState = () => getState(expect);
  expect.setState = (state) => setState(state, expect);
  globalThis[GLOBAL_EXPECT] = expect;
  setState({ assertionCalls: 0, isExpectingAssertions: false, isExpectingAssertionsError: null, expectedAssertionsNumber: null, expectedAssertionsNumberErrorGen: null }, expect);
  return expect;
}

/** What a test file imports from vitest: `describe`, `it` and `expect`; the tests are added to `tests` in the order of the text. */
export function createTestKit(expect, file, tests) {
  const path = [];
  const counts = new Map();
  const each = (declare) => (table) => (name, body) => {
    for (const row of table) {
      const values = Array.isArray(row) ? row : [row];
      declare(fill(name, ...values).slice(0, 200), () => body(...values));
    }
  };
  const it = (title, run) => {
    const name = [...path, title].join(' ');
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    tests.push({ id: `${file}#${name}${count === 1 ? '' : ` (${count})`}`, name, file, run });
  };
  const describe = (title, body) => {
    path.push(title);
    body();
    path.pop();
  };
  return { expect, it: Object.assign(it, { each: each(it) }), describe: Object.assign(describe, { each: each(describe) }) };
}
