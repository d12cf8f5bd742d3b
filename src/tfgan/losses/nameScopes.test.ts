import { expect, it } from 'vitest';
import { createNameScopes, NAMES, namesOf } from './nameScopes.ts';

it('gives names that are taken a number, as TensorFlow does', () => {
  const names = createNameScopes();
  expect(['loss', 'Loss', 'loss', 'loss_1', 'other'].map(names.unique)).toEqual(['loss', 'Loss_1', 'loss_2', 'loss_1_1', 'other']);
});

it('names below a scope, which is a name itself', () => {
  const names = createNameScopes();
  const scopes: string[] = [];
  const inside = () => names.within('penalty', (scope) => (scopes.push(scope), names.unique('loss')));
  expect([inside(), inside(), names.unique('penalty')]).toEqual(['penalty/loss', 'penalty_1/loss', 'penalty_2']);
  expect(scopes).toEqual(['penalty/', 'penalty_1/']);
  expect(names.within('penalty/', () => names.unique('loss'))).toBe('penalty/loss_1');
  expect(names.within('a', () => names.within('b', () => names.unique('c')))).toBe('a/b/c');
  expect(names.within('a', () => names.within('', () => names.unique('c')))).toBe('c');
});

it('comes back to the outer scope when something throws', () => {
  const names = createNameScopes();
  expect(() => names.within('a', () => { throw new Error('inside'); })).toThrow('inside');
  expect(names.unique('b')).toBe('b');
});

it('shares the names that a sink carries', () => {
  const names = createNameScopes();
  const sink = { scalar: () => undefined, [NAMES]: names };
  expect(namesOf(sink)).toBe(names);
  expect(namesOf({ scalar: () => undefined }).unique('a')).toBe('a');
});
