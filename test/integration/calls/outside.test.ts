import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWav } from '../../../src/media/recorder/wav.ts';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { finishedRecord } from '../../support/finished-record.ts';
import { logIn } from '../../support/page-line.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { isOnlyTone, loudness, toneWav } from '../../support/tones.ts';
import { PASSWORD, startWholeApp, type WholeApp } from '../../support/whole-app.ts';

const CALLER_HZ = 440;
const FILLER_HZ = 1_000;
const GOLD_HZ = 700;
const NOTICE_HZ = 1_500;
const FILLER_MS = 300;

const FLOW = `flow: outside
version: 1
languages: [en]
answer: byStep
vars: { tier: none, orders: 0 }
start: ringing
steps:
  ringing: { ring: 300ms, next: take }
  take: { answer: {}, next: lookup }
  lookup:
    http: { get: "crm/customers/{{ caller.number }}", query: { from: "{{ call.called }}" }, filler: { prompt: filler }, timeout: 30s }
    save: { tier: customer.tier, orders: orders.length }
    next: key
  key: { collect: { prompt: Press a key., digits: 1, into: key }, next: tier, noInput: end }
  tier: { switch: tier, cases: { gold: gold }, else: end }
  gold: { play: gold, next: pin }
  pin: { collect: { prompt: { silence: 20ms }, digits: 4, into: pin, secure: true, timeout: 60s }, next: check, noInput: end }
  check: { http: { post: crm/check, body: { pin: { secret: pin }, key: "{{ key }}", orders: "{{ orders }}" } }, next: keys }
  keys: { dtmf: "42#", next: notice }
  notice: { play: { prompt: notice, consent: true }, next: begin }
  begin: { record: start, next: first }
  first: { wait: 1s, next: pause }
  pause: { record: pause, next: second }
  second: { wait: 1s, next: resume }
  resume: { record: resume, next: third }
  third: { wait: 1s, next: stop }
  stop: { record: stop, next: label }
  label: { tag: { tier: "{{ tier }}" }, next: found }
  found: { event: { name: found, values: { orders: "{{ orders }}" } }, next: end }
  end: { hangup: {} }
`;

const TURNED_AWAY = `flow: away
version: 1
languages: [en]
answer: byStep
start: no
steps:
  no: { reject: busy }
`;

interface Asked {
  request: IncomingMessage;
  body: string;
  answer: (body: unknown, status?: number) => void;
}

let service: Server;
let site: WholeApp;
let phone: SipPhone;
const asked: Asked[] = [];

beforeAll(async () => {
  service = createServer((request, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const answer: Asked['answer'] = (json, status = 200) => response.writeHead(status).end(JSON.stringify(json));
      asked.push({ request, body, answer });
    });
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;
  process.env['PARLEY_SECRET_CRM_TOKEN'] = 't0ken';
  site = await startWholeApp(({ flowsDir, sipConfigDir }) => {
    writeFileSync(join(flowsDir, 'outside.yaml'), FLOW);
    writeFileSync(join(flowsDir, 'away.yaml'), TURNED_AWAY);
    writeFileSync(
      join(flowsDir, 'services.yaml'),
      `version: 1\nservices:\n  crm: { url: "http://127.0.0.1:${port}/api", headers: { authorization: "Bearer {{ secret.CRM_TOKEN }}" } }\n`,
    );
    writeFileSync(join(flowsDir, 'prompts', 'filler.wav'), toneWav(FILLER_HZ, FILLER_MS));
    writeFileSync(join(flowsDir, 'prompts', 'gold.wav'), toneWav(GOLD_HZ, 800));
    writeFileSync(join(flowsDir, 'prompts', 'notice.wav'), toneWav(NOTICE_HZ, 600));
    writeFileSync(join(sipConfigDir, 'numbers.yaml'), 'version: 1\nnumbers: { "4000": outside, "4001": away }\n');
  });
}, 180_000);

afterAll(async () => {
  await phone.close();
  await site.stop();
  service.closeAllConnections();
  service.close();
  delete process.env['PARLEY_SECRET_CRM_TOKEN'];
});

/** The question the service was asked last, once it has been asked so often. */
async function question(count: number): Promise<Asked> {
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(count);
  const last = asked.at(-1);
  if (!last) throw new Error('nothing was asked');
  return last;
}

async function recordOf(sipCallId: string): Promise<CallRecord> {
  return finishedRecord(site.httpUrl, await logIn(site.httpUrl, 'sam', PASSWORD), sipCallId);
}

test('[C26] [C27] [C36] a flow rings, answers, asks a service, says what it learnt, sends keys and orders the recording', async () => {
  phone = await SipPhone.open(site.sip.sipPort);
  const { rtp } = phone;
  rtp.toneHz = CALLER_HZ;
  phone.invite('4000');
  await phone.peer.response(180, 'INVITE');
  phone.accept(await phone.final());

  const lookup = await question(1);
  expect(lookup.request.url).toBe('/api/customers/alice?from=4000');
  expect(lookup.request.headers.authorization).toBe('Bearer t0ken');
  // The filler is shorter than what is heard of it: it plays over and over.
  await rtp.until(() => isOnlyTone(rtp.audio().slice(-800), FILLER_HZ));
  expect(isOnlyTone(await rtp.hear(FILLER_MS * 4), FILLER_HZ)).toBe(true);
  await rtp.press('7');
  lookup.answer({ customer: { tier: 'gold' }, orders: [{ id: 1 }, { id: 2 }, { id: 3 }] });

  // The key that was pressed meanwhile answers the question after it, which is not even asked.
  await rtp.until(() => isOnlyTone(rtp.audio().slice(-800), GOLD_HZ));
  await rtp.until(() => loudness(rtp.audio().slice(-800)) < 50);
  for (const key of '1234') await rtp.press(key);
  const check = await question(2);
  expect(JSON.parse(check.body)).toEqual({ pin: '1234', key: '7', orders: 3 });
  rtp.heard.length = 0;
  check.answer({ ok: true });

  await rtp.until(() => isOnlyTone(rtp.audio().slice(-800), NOTICE_HZ));
  expect(keysHeard()).toEqual([4, 2, 11]);
  await phone.hungUp();

  const record = await recordOf(phone.sipCallId);
  expect(record).toMatchObject({ outcome: 'selfService', tags: { tier: 'gold' } });
  expect(record.steps.find(({ step }) => step === 'key')).toMatchObject({ exit: 'next', digits: '7' });
  expect(record.events).toContainEqual(expect.objectContaining({ what: 'found', detail: { orders: 3 } }));
  expect(record.events.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['asked a service', 'told of the recording', 'recording paused', 'recording resumed']),
  );
  expect(JSON.stringify(record)).not.toContain('1234');
  expectSilenceInTheMiddle(record);
}, 90_000);

test('[C27] a flow that turns the call away as busy', async () => {
  const other = await SipPhone.open(site.sip.sipPort);
  other.invite('4001');
  expect((await other.final()).status).toBe(486);
  expect(await recordOf(other.sipCallId)).toMatchObject({ outcome: 'rejected', endedBy: 'system' });
  await other.close();
}, 30_000);

/** Telephone events in the order they came, each once. */
function keysHeard(): number[] {
  const keys = new Map<number, number>();
  for (const { payloadType, payload, timestamp } of phone.rtp.heard) {
    if (payloadType === 101) keys.set(timestamp, payload[0] ?? -1);
  }
  return [...keys.values()];
}

/** The caller spoke without a break; the recording has them, a second of nothing, and them again. */
function expectSilenceInTheMiddle({ recordings }: CallRecord): void {
  expect(recordings).toHaveLength(1);
  const [recording] = recordings;
  const day = new Date(recording?.startedAt ?? 0).toISOString().slice(0, 10).replaceAll('-', '/');
  const wav = readWav(readFileSync(join(site.media.recordingsDir, day, `${recording?.recordingId}.wav`)));
  const left = wav?.samples.filter((_, index) => index % 2 === 0) ?? new Int16Array();
  const frame = 400;
  const isLoud = Array.from(
    { length: Math.floor(left.length / frame) },
    (_, index) => loudness(left.slice(index * frame, (index + 1) * frame)) > 300,
  );
  const first = isLoud.indexOf(true);
  const quietFrom = isLoud.indexOf(false, first);
  const quietTo = isLoud.indexOf(true, quietFrom);
  const quietMs = (quietTo - quietFrom) * 50;
  expect(quietMs).toBeGreaterThan(700);
  expect(quietMs).toBeLessThan(1_400);
  expect(isOnlyTone(left.slice(first * frame, quietFrom * frame), CALLER_HZ)).toBe(true);
  expect(isOnlyTone(left.slice(quietTo * frame), CALLER_HZ)).toBe(true);
  const silence = left.slice((quietFrom + 1) * frame, (quietTo - 1) * frame);
  expect(silence.every((sample) => sample === 0)).toBe(true);
}
