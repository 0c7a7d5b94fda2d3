import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CHECK_RULES } from '../../../../src/flows/check/check-rules.ts';
import { FLOW_RULES } from '../../../../src/flows/language/errors.ts';
import { FLOW_FIXTURES } from '../../../support/flow-fixtures.ts';

const root = join(import.meta.dirname, '../../../..');
const broken = join(FLOW_FIXTURES, 'check/loop-over-call');
const doubtful = join(FLOW_FIXTURES, 'check/step-after-call-without-return');

interface Run {
  status: number;
  out: string;
  err: string;
}

function check(...args: string[]): Run {
  try {
    const options = { encoding: 'utf8', stdio: 'pipe', cwd: root } as const;
    return {
      status: 0,
      out: execFileSync(process.execPath, ['src/cli.ts', 'flow', 'check', ...args], options),
      err: '',
    };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { status, out: stdout, err: stderr };
  }
}

it('[K1] the flows of the repository are clean', () => {
  const { status, out } = check('ivr-flows', '--strict');
  expect(status, out).toBe(0);
  expect(out).toMatch(/^welcome \(1000\): a person after \d+(\.\d)? s at best, \d+(\.\d)? s at worst$/m);
});

it('[K3] text has a line for each finding, and errors fail the command', () => {
  const { status, out } = check(broken);
  expect(status).toBe(1);
  expect(out).toMatch(
    /^main\.yaml:7:32 error loop\.endless While the caller does nothing, .+ one → two → one \(.+\)$/m,
  );
  expect(out).toContain(': 1 error');
  expect(out).toMatch(/^main: no way leads to a person$/m);
});

it('[K3] warnings fail it with --strict alone', () => {
  expect(check(doubtful)).toMatchObject({ status: 0, out: expect.stringContaining(': 2 warnings') });
  expect(check(doubtful, '--strict').status).toBe(1);
});

it('[K3] JSON has every finding with its parts', () => {
  const { status, out } = check(broken, '--format', 'json');
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    findings: [{ file: 'main.yaml', line: 7, column: 32, severity: 'error', rule: 'loop.endless' }],
    people: [{ flow: 'main', file: 'main.yaml', numbers: [] }],
  });
});

it('[K3] SARIF names every rule, and points into the files', () => {
  const log = JSON.parse(check(broken, '--format', 'sarif').out);
  expect(log.version).toBe('2.1.0');
  const [run] = log.runs;
  const rules: { id: string }[] = run.tool.driver.rules;
  expect(rules.map(({ id }) => id).sort()).toEqual([...Object.keys(FLOW_RULES), ...Object.keys(CHECK_RULES)].sort());
  expect(run.results).toHaveLength(1);
  const [result] = run.results;
  expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
  expect(result).toMatchObject({
    ruleId: 'loop.endless',
    level: 'error',
    message: { text: expect.stringContaining('without end') },
    locations: [{ physicalLocation: { region: { startLine: 7, startColumn: 32 } } }],
  });
  expect(result.locations[0].physicalLocation.artifactLocation.uri).toMatch(/check\/loop-over-call\/main\.yaml$/);
});

it('[K3] bad words of the command end with 2', () => {
  expect(check('ivr-flows', '--format', 'xml')).toMatchObject({ status: 2, err: expect.stringContaining('sarif') });
  expect(check('ivr-flows', 'other').status).toBe(2);
  expect(check('--colour').status).toBe(2);
  expect(check('no-such-folder').status).toBe(2);
});

it('[K3] one file is checked within its folder, and only what is wrong with it is told', () => {
  const good = check(join(broken, 'greet.yaml'));
  expect(good.status).toBe(0);
  expect(good.out).toContain('no mistakes');
  expect(check(join(broken, 'main.yaml')).out).toContain('main.yaml:7:32 error loop.endless');
  expect(check(join(broken, 'none.yaml')).status).toBe(2);
});

it('[K7] numbers are checked with the flows when they are given, and secrets when they are asked for', () => {
  const { status, out } = check(join(FLOW_FIXTURES, 'check/good-secure'), '--sip-config', 'sip-config');
  expect(status).toBe(1);
  expect(out).toMatch(/^\S+sip-config\/numbers\.yaml:\d+:\d+ error reference\.missing There is no flow "welcome"/m);
  expect(check('ivr-flows', '--sip-config', 'no-such-folder').status).toBe(2);
  const secrets = join(FLOW_FIXTURES, 'check/secret-unset');
  expect(check(secrets).out).toContain('no mistakes');
  expect(check(secrets, '--environment').out).toContain('set PARLEY_SECRET_NOBODY_HAS_SET_THIS');
});

it('[K3] --rules prints every rule', () => {
  const { status, out } = check('--rules');
  expect(status).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(Object.keys(FLOW_RULES).length + Object.keys(CHECK_RULES).length);
  expect(out).toMatch(/^loop\.endless +error +A call does not go round/m);
});
