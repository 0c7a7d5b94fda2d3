import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { CalledPhone } from '../../support/called-phone.ts';
import { finishedRecord } from '../../support/finished-record.ts';
import { availableAgent, type DeskLine, logIn } from '../../support/page-line.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { isOnlyTone } from '../../support/tones.ts';
import { PASSWORD, startWholeApp, type WholeApp } from '../../support/whole-app.ts';

const CUSTOMER_HZ = 700;
const AGENT_HZ = 1_100;
const RINGBACK_HZ = 425;

const FLOW = `flow: later
version: 1
languages: [en]
start: wait
steps:
  wait: { queue: { name: support, callbackKey: "*" }, onTimeout: end, onCallback: book }
  book: { callback: { queue: support, number: "+49 30 100" }, next: end }
  end: { hangup: {} }
`;
const QUEUE = `queue: support
version: 1
announce: { position: false }
callback: { attempts: 3, every: 10s, ringTime: 20s }
`;

let site: WholeApp;
let customer: CalledPhone;
let desk: DeskLine;

beforeAll(async () => {
  customer = await CalledPhone.open();
  customer.rtp.toneHz = CUSTOMER_HZ;
  site = await startWholeApp(({ flowsDir, sipConfigDir }) => {
    writeFileSync(join(flowsDir, 'later.yaml'), FLOW);
    writeFileSync(join(flowsDir, 'queues', 'support.yaml'), QUEUE);
    writeFileSync(join(sipConfigDir, 'numbers.yaml'), 'version: 1\nnumbers: { "6000": later }\n');
    writeFileSync(
      join(sipConfigDir, 'trunks.yaml'),
      `trunks:\n  local: { from: [127.0.0.0/8] }\n  carrier: { to: "127.0.0.1:${customer.peer.port}", dial: ["+4930*"] }\n`,
    );
  });
  desk = await availableAgent(site.httpUrl, 'amy', PASSWORD);
}, 180_000);

afterAll(async () => {
  await desk.close();
  await customer.close();
  await site.stop();
});

/** A customer calls, finds nobody free, and asks to be called back. */
async function book(): Promise<void> {
  await desk.ask({ ask: 'takeBreak' });
  const caller = await SipPhone.open(site.sip.sipPort);
  await caller.dial('6000');
  await caller.rtp.press('*');
  await caller.hungUp();
  // Until the answer to the BYE has arrived.
  await expect.poll(() => site.sip.stats().dialogs, { timeout: 10_000 }).toBe(0);
  await caller.close();
}

async function accept(): Promise<void> {
  await desk.until(() => desk.state?.offer !== undefined && desk.state.offer.dialling === undefined);
  expect(desk.state?.offer).toMatchObject({ kind: 'callback', callerNumber: '+4930100', queue: 'support' });
  await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
  await customer.called();
}

async function nothingIsLeft(): Promise<void> {
  // The agent's own.
  await expect.poll(async () => (await site.media.program.stats()).endpoints, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => site.sip.stats().dialogs, { timeout: 10_000 }).toBe(0);
}

test('[Q50] [Q52] [Q53] booked by a key, busy at first, reached then: the two hear each other', async () => {
  await book();
  await desk.ask({ ask: 'goAvailable' });
  await accept();
  await customer.refuse(486, 'Busy Here');
  await desk.until(() => desk.state?.presence === 'available');

  await accept();
  customer.ring();
  const agent = site.browsers.phone('desk.');
  agent.toneHz = AGENT_HZ;
  await agent.until(() => isOnlyTone(agent.audio().slice(-800), RINGBACK_HZ));
  expect(desk.state?.offer).toMatchObject({ dialling: true });
  await customer.pickUp();
  await customer.rtp.until(() => isOnlyTone(customer.rtp.audio().slice(-800), AGENT_HZ));
  await agent.until(() => isOnlyTone(agent.audio().slice(-800), CUSTOMER_HZ));
  await desk.until(() => desk.state?.call?.recording === 'on');
  await customer.hangUp();
  await desk.until(() => desk.state?.presence === 'wrappingUp');
  await desk.ask({ ask: 'finishWrapUp' });

  const cookie = await logIn(site.httpUrl, 'sam', PASSWORD);
  const record = await finishedRecord(site.httpUrl, cookie, getHeader(customer.invite, 'call-id') ?? '');
  expect(record).toMatchObject({ outcome: 'answered', endedBy: 'caller', callerNumber: '+4930100', queue: 'support' });
  expect(record.legs.map(({ role, kind }) => `${role} ${kind}`)).toEqual(['caller carrier', 'agent browser']);
  expect(record.events).toContainEqual(
    expect.objectContaining({ what: 'callbackTried', detail: { attempt: 2, result: 'reached' } }),
  );
  expect(record.recordings).toHaveLength(1);
  await nothingIsLeft();
}, 90_000);

test('[Q51] a callback outlives the program, and is called by the next', async () => {
  await book();
  await desk.close();
  await site.restartApp();
  desk = await availableAgent(site.httpUrl, 'amy', PASSWORD);
  await accept();
  await customer.pickUp();
  await desk.until(() => desk.state?.presence === 'talking');
  await Promise.all([customer.hungUp(), desk.ask({ ask: 'hangUp' })]);
  await desk.ask({ ask: 'finishWrapUp' });
  await nothingIsLeft();
}, 90_000);

test('[Q53] an agent gives up while it rings: the INVITE is taken back', async () => {
  await book();
  await desk.ask({ ask: 'goAvailable' });
  await accept();
  customer.ring();
  const cancelled = customer.cancelled();
  await desk.ask({ ask: 'hangUp' });
  await cancelled;
  await desk.until(() => desk.state?.presence === 'available');
  await nothingIsLeft();
}, 60_000);
