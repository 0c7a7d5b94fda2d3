import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../../..');

function parley(args: string[], input = ''): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli.ts', 'flow', 'simulate', ...args], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    env: { ...process.env, PARLEY_FLOWS_DIR: 'ivr-flows' },
  });
  return { status, out: stdout, err: stderr };
}

describe('parley flow simulate', () => {
  it('[SI1][SI10] plays a script from standard input, the same bytes in each process', () => {
    const script = '// asks for the hours, then for a person\n2\nwait 40s\n1\nqueue answered\nhangup\npath\n';
    const first = parley(['ivr-flows/welcome.yaml'], script);
    expect(first.err).toBe('');
    expect(first.status).toBe(0);
    expect(first.out).toContain('  openingHours:next\n  choose:1\n  support:callerLeft');
    expect(parley(['welcome', '--script', '-'], script)).toEqual(first);
  }, 120_000);

  it('[SI2] takes the world of a test case', () => {
    const args = ['welcome', '--case', 'ivr-flows/welcome.test.yaml#nobody is on duty', '--from', '+4912345'];
    const { out, status } = parley(args, '1\n');
    expect(out).toMatch(/^welcome \w{8}: \+4912345 calls 1000 at 2026-03-02T10:00:00.000Z, seed 1\n/);
    expect(out).toContain('leaves support: noAgents');
    expect(status).toBe(0);
  }, 120_000);

  it('[SI1][SI2] says in words what cannot be simulated', () => {
    const { status, err } = parley(['welcom']);
    expect([status, err.trim().endsWith('; did you mean welcome?')]).toEqual([1, true]);
    expect(parley(['welcome', '--at', 'noon']).err).toContain('This is no time');
    expect(parley(['welcome', '--fake', '{ queue: 3 }'])).toMatchObject({ status: 2 });
  }, 120_000);
});
