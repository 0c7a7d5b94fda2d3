import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { SiteRecords } from '../../support/site-records.ts';
import { startWholeApp, type WholeApp } from '../../support/whole-app.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CARD = '6222020200112233';

let bank: Server;
let site: WholeApp;
let records: SiteRecords;
const asked: { path: string; key: string | undefined; body: unknown }[] = [];

beforeAll(async () => {
  bank = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push({ path: request.url ?? '', key: request.headers['x-api-key']?.toString(), body: JSON.parse(body) });
      response.end(JSON.stringify({ reference: '8841', lastDigits: '2233' }));
    });
  }).listen(0, '127.0.0.1');
  await once(bank, 'listening');
  const url = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`;
  process.env['PARLEY_SECRET_BANK_KEY'] = 'k3y';
  site = await startWholeApp(({ flowsDir, sipConfigDir }) => {
    const shipped = join(ROOT, 'ivr-flows');
    const wanted = /^(bank|shop|choose-language)[a-z-]*\.yaml$/;
    for (const file of readdirSync(shipped)) if (wanted.test(file)) cpSync(join(shipped, file), join(flowsDir, file));
    const services = readFileSync(join(shipped, 'services.yaml'), 'utf8');
    writeFileSync(join(flowsDir, 'services.yaml'), services.replace('https://bank.example/telephone/v1', url));
    // Speech is made as it is needed here, and the first number is one with little of it.
    writeFileSync(
      join(sipConfigDir, 'numbers.yaml'),
      'numbers: { "1999": choose-language, "2001": shop, "2002": bank }\n',
    );
  });
  records = await SiteRecords.open(site);
}, 180_000);

afterAll(async () => {
  await site.stop();
  bank.close();
  delete process.env['PARLEY_SECRET_BANK_KEY'];
});

/** Until the call is in this step. */
async function untilIn(phone: SipPhone, step: string): Promise<void> {
  await expect
    .poll(async () => (await records.of(phone))?.steps.at(-1)?.step, { timeout: 40_000, interval: 100 })
    .toBe(step);
}

async function type(phone: SipPhone, keys: string): Promise<void> {
  for (const key of keys) await phone.rtp.press(key);
}

async function endedRecord(phone: SipPhone): Promise<CallRecord> {
  await expect.poll(async () => (await records.of(phone))?.endedAt, { timeout: 10_000 }).toBeDefined();
  const record = await records.of(phone);
  if (!record) throw new Error('the call has no record');
  return record;
}

test('[F18] [F64] [F72] a card is blocked on a real line: its number reaches the bank, and no record', async () => {
  const phone = await SipPhone.open(site.sip.sipPort);
  await phone.dial('2002');
  await untilIn(phone, 'ask');
  await type(phone, '1');
  await untilIn(phone, 'choose');
  await type(phone, '2');
  await untilIn(phone, 'agree');
  await type(phone, '1');
  await untilIn(phone, 'atHand');
  await type(phone, '1');
  await untilIn(phone, 'card');
  await type(phone, `${CARD}#`);
  await untilIn(phone, 'newCard');
  expect(asked).toEqual([{ path: '/cards/block', key: 'k3y', body: { card: CARD, caller: 'alice' } }]);
  await phone.hangUp();

  const record = await endedRecord(phone);
  expect(record.steps.map(({ step }) => step)).toEqual(
    expect.arrayContaining(['beginRecording', 'pause', 'card', 'resume', 'block', 'blocked']),
  );
  expect(record.events.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['told of the recording', 'recording paused', 'recording resumed', 'cardBlocked']),
  );
  expect(JSON.stringify(record)).not.toContain(CARD);
  await phone.close();
}, 120_000);

test('[F15] [F64] a shop whose service is not there leads the caller to the people of the shop', async () => {
  const phone = await SipPhone.open(site.sip.sipPort);
  await phone.dial('2001');
  await untilIn(phone, 'ask');
  await type(phone, '1');
  await untilIn(phone, 'choose');
  await type(phone, '1');
  await expect.poll(async () => (await records.of(phone))?.steps.at(-1)?.step, { timeout: 20_000 }).toBe('ask');
  await type(phone, '20261128#');
  // In opening hours there is nobody on duty, else nobody is asked: both ways end at the mail box.
  await untilIn(phone, 'message');
  await phone.hangUp();

  const record = await endedRecord(phone);
  expect(record.steps.map(({ step }) => step)).toEqual(
    expect.arrayContaining(['lookUp', 'down', 'serviceDown', 'person']),
  );
  await phone.close();
}, 120_000);
