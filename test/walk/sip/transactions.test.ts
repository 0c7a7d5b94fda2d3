import { expect, test } from 'vitest';
import { everyPath } from '../../../src/shared/machine.ts';
import { clientInviteMachine } from '../../../src/sip/transaction/client-invite-machine.ts';
import { clientRequestMachine } from '../../../src/sip/transaction/client-request-machine.ts';
import type { ClientEvent, ServerEvent, TransactionEffect } from '../../../src/sip/transaction/machine-words.ts';
import { serverInviteMachine } from '../../../src/sip/transaction/server-invite-machine.ts';
import { type ServerRequestState, serverRequestMachine } from '../../../src/sip/transaction/server-request-machine.ts';
import { timerValues } from '../../../src/sip/transaction/timers.ts';

const t = timerValues();
const DEPTH = 6;

const clientEvents: ClientEvent[] = [
  { kind: 'started' },
  { kind: 'provisional' },
  { kind: 'success' },
  { kind: 'failure' },
  { kind: 'cancelSent' },
  { kind: 'resendDue' },
  { kind: 'endDue' },
  { kind: 'transportFailed' },
];
const serverEvents: ServerEvent[] = [
  { kind: 'repeated' },
  { kind: 'provisional' },
  { kind: 'success' },
  { kind: 'failure' },
  { kind: 'acknowledged' },
  { kind: 'resendDue' },
  { kind: 'endDue' },
  { kind: 'transportFailed' },
];

type Walked = { states: { kind: string }[]; events: { kind: string }[]; effects: TransactionEffect[] };

/** Which timers run after these orders; a timer that fired has stopped. */
function running(path: Walked, fired: boolean): { resend: boolean; end: boolean } {
  const timers = { resend: false, end: false };
  for (const effect of path.effects) {
    if (effect.do === 'resendAfter') timers.resend = true;
    if (effect.do === 'stopResending') timers.resend = false;
    if (effect.do === 'endAfter') timers.end = true;
    if (effect.do === 'stopEnding') timers.end = false;
  }
  if (fired) timers.end = false;
  return timers;
}

const count = (path: Walked, what: TransactionEffect['do']): number => path.effects.filter((e) => e.do === what).length;
const story = (path: Walked): string => path.events.map((e) => e.kind).join(' > ');

function* clientWalks(): Generator<Walked> {
  for (const reliable of [false, true]) {
    yield* everyPath(clientInviteMachine(t, reliable), { kind: 'idle' }, clientEvents, DEPTH);
    yield* everyPath(clientRequestMachine(t, reliable), { kind: 'idle' }, clientEvents, DEPTH);
  }
}

const TRYING: ServerRequestState = { kind: 'trying' };

function* serverWalks(): Generator<Walked> {
  for (const reliable of [false, true]) {
    yield* everyPath(serverInviteMachine(t, reliable), { kind: 'proceeding' }, serverEvents, DEPTH);
    yield* everyPath(serverRequestMachine(t, reliable), TRYING, serverEvents, DEPTH);
  }
}

test('[SIP19] every way through the tables forgets the transaction exactly once, and only at its end', () => {
  for (const walks of [clientWalks(), serverWalks()]) {
    for (const path of walks) {
      const ended = path.states.at(-1)?.kind === 'terminated';
      expect(count(path, 'forget'), story(path)).toBe(ended ? 1 : 0);
    }
  }
});

test('[SIP10] [SIP11] the user hears one final answer of a request, or one failure, never both', () => {
  for (const reliable of [false, true]) {
    for (const path of everyPath(clientRequestMachine(t, reliable), { kind: 'idle' }, clientEvents, DEPTH)) {
      const finals = path.events.filter((e) => e.kind === 'success' || e.kind === 'failure').length;
      const ended = ['completed', 'terminated'].includes(path.states.at(-1)?.kind ?? '');
      expect(Math.min(finals, 1) + count(path, 'fail'), story(path)).toBe(ended ? 1 : 0);
    }
  }
});

test('[SIP10] an INVITE that was accepted never fails, one that failed is never told a 2xx', () => {
  for (const reliable of [false, true]) {
    for (const path of everyPath(clientInviteMachine(t, reliable), { kind: 'idle' }, clientEvents, DEPTH)) {
      const accepted = path.states.some((state) => state.kind === 'accepted');
      if (accepted) expect(count(path, 'fail'), story(path)).toBe(0);
      if (accepted) expect(count(path, 'acknowledge'), story(path)).toBe(0);
    }
  }
});

test('[SIP10] every state of a sent request that waits has a timer that ends it, save a ringing INVITE', () => {
  const waits = (path: Walked, free: string[]): void => {
    if (!free.includes(path.states.at(-1)?.kind ?? '')) expect(running(path, false).end, story(path)).toBe(true);
  };
  for (const reliable of [false, true]) {
    const invite = everyPath(clientInviteMachine(t, reliable), { kind: 'idle' }, clientEvents, DEPTH);
    for (const path of invite) waits(path, ['idle', 'terminated', 'proceeding']);
    const other = everyPath(clientRequestMachine(t, reliable), { kind: 'idle' }, clientEvents, DEPTH);
    for (const path of other) waits(path, ['idle', 'terminated']);
  }
});

test('[SIP12] [SIP13] a final answer arms the timer that ends its transaction, whatever came before', () => {
  for (const path of serverWalks()) {
    const here = path.states.at(-1)?.kind ?? '';
    if (['completed', 'accepted', 'confirmed'].includes(here)) {
      expect(running(path, path.events.at(-1)?.kind === 'endDue').end, story(path)).toBe(true);
    }
  }
});

test('[SIP10] over a reliable transport nothing is ever sent again', () => {
  for (const machine of [clientInviteMachine(t, true), clientRequestMachine(t, true)]) {
    const silent = clientEvents.filter((event) => event.kind !== 'resendDue');
    for (const path of everyPath(machine as ReturnType<typeof clientInviteMachine>, { kind: 'idle' }, silent, DEPTH)) {
      expect(count(path, 'resendAfter') + count(path, 'sendAgain'), story(path)).toBe(0);
    }
  }
});

test('[SIP10] gaps double without limit for INVITE and up to T2 for everything else', () => {
  const gaps = (path: Walked) => path.effects.flatMap((e) => (e.do === 'resendAfter' ? [e.ms] : []));
  const silence: ClientEvent[] = [{ kind: 'started' }, { kind: 'resendDue' }];
  const longest = (paths: Iterable<Walked>) => [...paths].at(-1);
  const invite = longest(everyPath(clientInviteMachine(t, false), { kind: 'idle' }, silence, 6));
  const other = longest(everyPath(clientRequestMachine(t, false), { kind: 'idle' }, silence, 6));
  expect(invite && gaps(invite)).toEqual([500, 1000, 2000, 4000, 8000, 16_000]);
  expect(other && gaps(other)).toEqual([500, 1000, 2000, 4000, 4000, 4000]);
});
