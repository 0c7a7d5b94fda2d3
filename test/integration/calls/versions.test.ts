import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { SiteRecords } from '../../support/site-records.ts';
import { startWholeApp, type WholeApp } from '../../support/whole-app.ts';

const execute = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

/** The longest an app may take to notice what another program changed, with the time of a busy machine on top, in ms. */
const NOTICED_MS = 10_000;

const short = (step: string) => `flow: short
version: 1
languages: [en]
start: ${step}
steps:
  ${step}:
    menu: { prompt: Press, timeout: 60s, retries: 0 }
    choices: { "1": end }
    noInput: end
  end: { hangup: {} }
`;

let site: WholeApp;
let records: SiteRecords;

beforeAll(async () => {
  site = await startWholeApp();
  records = await SiteRecords.open(site);
}, 180_000);
afterAll(() => site.stop());

/** The command line, beside the running app. */
async function parley(...words: string[]): Promise<string> {
  const env = {
    ...process.env,
    PARLEY_DATA_DIR: join(site.folder, 'data'),
    PARLEY_FLOWS_DIR: site.flowsDir,
    PARLEY_RECORDINGS_DIR: join(site.folder, 'recordings'),
  };
  return (await execute(process.execPath, ['src/cli.ts', ...words], { cwd: ROOT, env })).stdout;
}

/** A call that waits in the flow's menu, and the step it is in. */
async function callInMenu(): Promise<{ phone: SipPhone; step: string; version: string }> {
  const phone = await SipPhone.open(site.sip.sipPort);
  await phone.dial('3000');
  await expect.poll(async () => (await records.of(phone))?.steps.length ?? 0, { timeout: 10_000 }).toBe(1);
  const record = await records.of(phone);
  return { phone, step: record?.steps[0]?.step ?? '', version: record?.flowVersion ?? '' };
}

async function ends({ phone }: { phone: SipPhone }): Promise<CallRecord> {
  await phone.hangUp();
  await phone.close();
  await expect.poll(async () => (await records.of(phone))?.endedAt, { timeout: 10_000 }).toBeDefined();
  const record = await records.of(phone);
  if (!record) throw new Error('the call has no record');
  return record;
}

/** The step in which new calls begin, once it is this one. */
async function untilCallsBeginIn(step: string): Promise<void> {
  const until = Date.now() + NOTICED_MS;
  for (;;) {
    const call = await callInMenu();
    await ends(call);
    if (call.step === step) return;
    if (Date.now() > until) throw new Error(`calls begin in ${call.step}, not in ${step}`);
  }
}

test('[V10] [V13] [V14] published, called, rolled back in mid-call: that call stays, the next one gets the old version', async () => {
  const numbers = join(site.sipConfigDir, 'numbers.yaml');
  writeFileSync(numbers, `${readFileSync(numbers, 'utf8')}\n  "3000": { flow: short }\n`);
  writeFileSync(join(site.flowsDir, 'short.yaml'), short('first'));
  await expect
    .poll(async () => (await records.get<{ numbers: { title?: string }[] }>('numbers')).numbers.at(-1)?.title, {
      timeout: 10_000,
    })
    .toBe('short');
  await untilCallsBeginIn('first');

  expect(await parley('flow', 'publish', 'short', '--message', 'one', '--as', 'sam')).toContain('short v1');
  writeFileSync(join(site.flowsDir, 'short.yaml'), short('second'));
  expect(await parley('flow', 'publish', 'short', '--message', 'two')).toContain('+ step second');
  await untilCallsBeginIn('second');

  const running = await callInMenu();
  expect(await parley('flow', 'rollback', 'short')).toContain('short v1');
  await untilCallsBeginIn('first');
  const next = await callInMenu();
  expect(next.version).not.toBe(running.version);

  await running.phone.rtp.press('1');
  await expect.poll(async () => (await records.of(running.phone))?.endedAt, { timeout: 10_000 }).toBeDefined();
  await running.phone.close();
  const record = await records.of(running.phone);
  expect(record?.flowVersion).toBe(running.version);
  expect(record?.steps.map(({ step, exit }) => `${step}:${exit}`)).toEqual(['second:1', 'end:end']);
  expect((await ends(next)).steps.map(({ step }) => step)).toEqual(['first']);
}, 120_000);

test('[V33] [V34] the calls stand in figures and coverage, on the command line and over HTTP', async () => {
  const versions = await parley('flow', 'versions', 'short');
  expect(versions).toMatch(/^v2 .* cli .* two\nv1 .* sam .* live {2}one\n$/);
  const figures = await parley('flow', 'figures', 'short');
  expect(figures).toMatch(/^v\d {2}[0-9a-f]{8} {2}(live|draft) /);
  expect(await parley('flow', 'coverage', 'short')).toMatch(/^first \(menu\): \d+ visits.*\n {4}1 → end +never\n/);
  const coverage = await parley('flow', 'coverage', 'short', '--version', 'v2');
  expect(coverage).toMatch(/^second \(menu\): \d+ visits.*\n {4}1 → end +1 \(/);
  const { steps } = await records.get<{ steps: { step: string; visits: number }[] }>('flows/short/coverage?days=1');
  expect(steps.find(({ step }) => step === 'first')?.visits).toBeGreaterThan(0);
}, 60_000);

test('[V40] [V42] a real call is saved as a test, with what its caller did, and passes beside the others', async () => {
  const phone = await SipPhone.open(site.sip.sipPort);
  await phone.dial('1000');
  const visited = async (step: string): Promise<boolean> =>
    (await records.of(phone))?.steps.some((one) => one.step === step) ?? false;
  await expect.poll(() => visited('choose'), { timeout: 30_000 }).toBe(true);
  await phone.rtp.press('2');
  await expect.poll(() => visited('openingHours'), { timeout: 10_000 }).toBe(true);
  await phone.rtp.press('9');
  await expect.poll(() => visited('message'), { timeout: 30_000 }).toBe(true);
  await phone.hangUp();
  await phone.close();
  await expect.poll(async () => (await records.of(phone))?.endedAt, { timeout: 10_000 }).toBeDefined();
  const record = await records.of(phone);

  const file = join(site.flowsDir, 'saved.test.yaml');
  for (let count = 0; count < 2; count += 1) await parley('flow', 'record', record?.callId ?? '', '--out', file);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(`# Saved from ${record?.callId}`);
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'path: [ greeting:next, choose:2, openingHours:next, choose:9, message:callerLeft ]',
  );
  expect(text).toContain('ended: callerLeft');
  expect(await parley('flow', 'test', file)).toMatch(/^2 passed, 0 failed/);
  await expect(parley('flow', 'record', 'call-unheard-of')).rejects.toMatchObject({ stderr: 'parley: No such call\n' });
}, 120_000);
