import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CallRecord } from '../../src/protocol/http.ts';
import { CalledPhone } from './called-phone.ts';
import { finishedRecord } from './finished-record.ts';
import { ManualClock } from './manual-clock.ts';
import { logIn } from './page-line.ts';
import { SipPhone } from './sip-phone.ts';
import { isOnlyTone, toneWav } from './tones.ts';
import { PASSWORD, startWholeApp, type WholeApp } from './whole-app.ts';

export const CALLER_HZ = 700;
export const PARTY_HZ = 1_100;
export const PROMPT_HZ = 1_500;

/** Joins the caller with the other phone. */
export const TALK = '6000';
/** Rings first, then answers and plays its prompt. */
export const BY_STEP = '6001';

const TALK_FLOW = `flow: talk
version: 1
languages: [en]
start: over
steps:
  over: { transfer: { number: "+4930100", ring: 10s }, onEnded: end, onBusy: end, onNoAnswer: end, onFailed: end }
  end: { hangup: {} }
`;

const BY_STEP_FLOW = `flow: bystep
version: 1
languages: [en]
answer: byStep
start: rings
steps:
  rings: { ring: 300ms, next: take }
  take: { answer: {}, next: hello }
  hello: { play: tone, next: more }
  more: { wait: 1m, next: end }
  end: { hangup: {} }
`;

/** A whole app whose SIP server's time a test moves, with a second phone that its flow calls. */
export class LateSite {
  readonly app: WholeApp;
  readonly clock: ManualClock;
  readonly party: CalledPhone;
  readonly #cookie: string;

  private constructor(app: WholeApp, clock: ManualClock, party: CalledPhone, cookie: string) {
    this.app = app;
    this.clock = clock;
    this.party = party;
    this.#cookie = cookie;
  }

  static async start(): Promise<LateSite> {
    const clock = new ManualClock();
    const party = await CalledPhone.open();
    const app = await startWholeApp(
      ({ flowsDir, sipConfigDir }) => {
        writeFileSync(join(flowsDir, 'talk.yaml'), TALK_FLOW);
        writeFileSync(join(flowsDir, 'bystep.yaml'), BY_STEP_FLOW);
        writeFileSync(join(flowsDir, 'prompts', 'tone.wav'), toneWav(PROMPT_HZ, 30_000));
        const numbers = `version: 1\nnumbers: { "${TALK}": talk, "${BY_STEP}": bystep }\n`;
        writeFileSync(join(sipConfigDir, 'numbers.yaml'), numbers);
        const carrier = `{ to: "127.0.0.1:${party.peer.port}", dial: ["+4930*"], callerId: "+49301000" }`;
        const trunks = `version: 1\ntrunks:\n  local: { from: [127.0.0.0/8] }\n  carrier: ${carrier}\n`;
        writeFileSync(join(sipConfigDir, 'trunks.yaml'), trunks);
      },
      { clock },
    );
    return new LateSite(app, clock, party, await logIn(app.httpUrl, 'sam', PASSWORD));
  }

  /** A caller, and what becomes of their call; resolves with its record when nothing of it is left. */
  async calling(run: (caller: SipPhone) => Promise<void>, law: 'PCMU' | 'PCMA' = 'PCMU'): Promise<CallRecord> {
    const caller = await SipPhone.open(this.app.sip.sipPort, { law });
    caller.rtp.toneHz = CALLER_HZ;
    try {
      await run(caller);
      const record = await finishedRecord(this.app.httpUrl, this.#cookie, caller.sipCallId);
      await expect.poll(async () => (await this.app.media.program.stats()).endpoints, { timeout: 10_000 }).toBe(0);
      await expect.poll(() => this.app.sip.stats().dialogs, { timeout: 10_000 }).toBe(0);
      return record;
    } finally {
      await caller.close();
    }
  }

  /** How many calls have a record. */
  async records(): Promise<number> {
    const answer = await fetch(`${this.app.httpUrl}/api/v1/calls?limit=200`, { headers: { cookie: this.#cookie } });
    return ((await answer.json()) as { calls: unknown[] }).calls.length;
  }

  /** The other phone answers, with these headers; resolves when each hears the other and nothing else. */
  async joined(caller: SipPhone, headers: string[] = []): Promise<void> {
    const { party } = this;
    party.rtp.heard.length = 0;
    party.rtp.toneHz = PARTY_HZ;
    await party.called();
    await party.pickUp(headers);
    await this.bothHear(caller);
  }

  async bothHear({ rtp }: Pick<SipPhone, 'rtp'>): Promise<void> {
    rtp.heard.length = 0;
    this.party.rtp.heard.length = 0;
    await rtp.until(() => isOnlyTone(rtp.audio().slice(-800), PARTY_HZ));
    await this.party.rtp.until(() => isOnlyTone(this.party.rtp.audio().slice(-800), CALLER_HZ));
  }

  /** The caller hangs up, and so is the other phone. */
  async over(caller: SipPhone): Promise<void> {
    await caller.hangUp();
    await this.party.hungUp();
  }

  async stop(): Promise<void> {
    await this.party.close();
    await this.app.stop();
  }
}
