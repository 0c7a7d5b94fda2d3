import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallRecord, CallSummary } from '../../src/protocol/http.ts';
import { getHeader } from '../../src/sip/wire/headers.ts';
import { parseMessage } from '../../src/sip/wire/parse.ts';
import type { CalledPhone } from './called-phone.ts';
import { asUser } from './desk-page.ts';
import { finishedRecord } from './finished-record.ts';
import { logIn } from './page-line.ts';
import type { SipPhone } from './sip-phone.ts';
import type { Site } from './site.ts';
import { toneWav } from './tones.ts';

const ROOT = join(import.meta.dirname, '../..');
const PATIENCE_MS = 60_000;

/** What the callers of 7000 and 7002 hear. */
export const LINE_TONE_HZ = 500;

const transferTo = (name: string, to: string): string => `flow: ${name}
version: 1
languages: [en]
start: over
steps:
  over: { transfer: { number: "${to}", ring: 20s }, onEnded: end, onBusy: end, onNoAnswer: end, onFailed: end }
  end: { hangup: {} }
`;

/**
 * Numbers beside the seeded one: 7000 plays a tone and hangs up, 7001 rings for long, 7002 plays its tone for a minute, 7003 and 7004
 * transfer by a trunk over UDP and over TCP.
 */
const FLOWS: Record<string, string> = {
  brief: `flow: brief
version: 1
languages: [en]
start: tone
steps:
  tone: { play: { prompt: brief, bargeIn: none }, next: end }
  end: { hangup: {} }
`,
  ringing: `flow: ringing
version: 1
languages: [en]
answer: byStep
start: ringing
steps:
  ringing: { ring: 20s, next: no }
  no: { reject: busy }
`,
  steady: `flow: steady
version: 1
languages: [en]
start: tone
steps:
  tone: { play: { prompt: steady, bargeIn: none }, next: end }
  end: { hangup: {} }
`,
  'over-udp': transferTo('over-udp', '+4930100'),
  'over-tcp': transferTo('over-tcp', '+4931100'),
};

export type Parties = Record<'udp' | 'tcp', CalledPhone>;

/** Writes flows, numbers and trunks into the folder; the settings make a site use them. */
export function lineSettings(folder: string, { udp, tcp }: Parties): Record<string, string> {
  const flows = join(folder, 'flows');
  cpSync(join(ROOT, 'ivr-flows'), flows, { recursive: true });
  for (const [name, text] of Object.entries(FLOWS)) writeFileSync(join(flows, `${name}.yaml`), text);
  writeFileSync(join(flows, 'prompts', 'brief.wav'), toneWav(LINE_TONE_HZ, 1_500));
  writeFileSync(join(flows, 'prompts', 'steady.wav'), toneWav(LINE_TONE_HZ, 60_000));
  const sip = join(folder, 'sip');
  mkdirSync(sip);
  const numbers =
    '{ "1000": welcome, "7000": brief, "7001": ringing, "7002": steady, "7003": over-udp, "7004": over-tcp }';
  writeFileSync(join(sip, 'numbers.yaml'), `version: 1\nnumbers: ${numbers}\n`);
  const trunks = `version: 1
trunks:
  local: { from: [127.0.0.1] }
  udp: { to: "127.0.0.1:${udp.peer.port}", dial: ["+4930*"], callerId: "+49301000" }
  tcp: { to: "127.0.0.1:${tcp.peer.port}", transport: tcp, dial: ["+4931*"], callerId: "+49301000" }
`;
  writeFileSync(join(sip, 'trunks.yaml'), trunks);
  return { PARLEY_FLOWS_DIR: flows, PARLEY_SIP_CONFIG_DIR: sip };
}

/** The record of the phone's latest call, once it has ended. The site has to be ready. */
export async function recordOf(site: Site, phone: SipPhone): Promise<CallRecord> {
  return finishedRecord(site.httpUrl, await logIn(site.httpUrl, 'sam', site.password), phone.sipCallId);
}

/** Who has a record so far. */
export async function callersOf(site: Site): Promise<string[]> {
  const answer = await (await asUser(site, 'sam'))('/calls?limit=200');
  const { calls } = (await answer.json()) as { calls: CallSummary[] };
  return calls.map(({ callerNumber }) => callerNumber);
}

export function stepsOf({ steps }: CallRecord): string[] {
  return steps.map(({ step }) => step);
}

/** Resolves when the site is ready; with `after`, when it runs on another app than that process. */
export async function untilReady(site: Site, after?: number): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const isNew = after === undefined || isOther(site, after);
    if (isNew && (await fetch(`${site.httpUrl}/readyz`).catch(() => undefined))?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the site did not become ready');
}

function isOther(site: Site, app: number): boolean {
  try {
    return site.pid('app') !== app;
  } catch {
    return false;
  }
}

/** The final answer to an INVITE for the seeded number that comes from this address of ours. */
export async function statusFrom(address: string, sipPort: number): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  const lines = (method: string, to = ''): string =>
    [
      `${method} sip:1000@127.0.0.1:${sipPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${port}from${address};rport`,
      'Max-Forwards: 70',
      `From: <sip:stranger@${address}>;tag=${port}`,
      `To: ${to || `<sip:1000@127.0.0.1:${sipPort}>`}`,
      `Call-ID: ${port}@${address}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:stranger@${address}:${port}>`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
  socket.send(lines('INVITE'), sipPort, '127.0.0.1');
  for (;;) {
    const [bytes] = (await once(socket, 'message', { signal: AbortSignal.timeout(15_000) })) as [Buffer];
    const read = parseMessage(bytes);
    if (!read.ok || read.message.type !== 'response' || read.message.status < 200) continue;
    await new Promise((sent) => socket.send(lines('ACK', getHeader(read.message, 'to')), sipPort, '127.0.0.1', sent));
    socket.close();
    return read.message.status;
  }
}
