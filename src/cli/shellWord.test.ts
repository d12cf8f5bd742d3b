import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from './shellWord.ts';

describe('shellWord', () => {
  it('leaves plain words plain', () => {
    expect(['train', '--steps', '1500', 'out/mnist', 'a=1'].map(shellWord)).toEqual(['train', '--steps', '1500', 'out/mnist', 'a=1']);
  });

  it.each(['two words', "it's", '$HOME', 'a;b', '', '`x`', '"q"', 'a\\b', 'é'])('a shell takes %s for what it is', (text) => {
    expect(spawnSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' }).stdout).toBe(text);
  });
});
