import { it } from 'vitest';
import { runCli } from '/tmp/gl/bench/src/cli/testing/runCli.ts';
it('x', async () => {
  const argv = JSON.parse(process.env.ARGV!);
  const r = await runCli(argv, { cwd: '/tmp/gl/bench-scratch', env: { GANLOSS_DEBUG: '1' } });
  console.log(r.exit, r.stdout.slice(0, 8000), r.stderr);
}, 100000);
