import type { DeskService, PageSession, PageSocket, PhoneService } from '../../../src/agents/desk-service.ts';
import type { DeskAsk, DeskFrame, DeskState } from '../../../src/protocol/desk.ts';
import type { SessionUser } from '../../../src/protocol/http.ts';
import type { PhoneAsk, PhoneFrame, PhoneState } from '../../../src/protocol/phone.ts';
import { ParleyError } from '../../../src/shared/errors.ts';

type Answer = Record<string, unknown>;

/** One socket that a fake service was given, everything asked on it, and the means to speak to its page. */
export class FakePage<Ask extends { ask: string }, Frame> {
  /** As they were when last told. */
  user: SessionUser;
  readonly socket: PageSocket<Frame>;
  readonly asks: Ask[] = [];
  isClosed = false;
  readonly #listeners = new Set<() => void>();

  constructor(user: SessionUser, socket: PageSocket<Frame>) {
    this.user = user;
    this.socket = socket;
  }

  session(carryOut: (ask: Ask) => Answer | Promise<Answer>): PageSession<Ask> {
    return {
      ask: async (body) => {
        this.asks.push(body);
        this.#tell();
        return carryOut(body);
      },
      user: (now) => {
        this.user = now;
      },
      closed: () => {
        this.isClosed = true;
        this.#tell();
      },
    };
  }

  /** Resolves with the first ask of this name, past or to come. */
  async asked<N extends Ask['ask']>(name: N): Promise<Extract<Ask, { ask: N }>> {
    for (;;) {
      const found = this.asks.find((ask): ask is Extract<Ask, { ask: N }> => ask.ask === name);
      if (found) return found;
      await this.#next();
    }
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await this.#next();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const once = (): void => {
        this.#listeners.delete(once);
        resolve();
      };
      this.#listeners.add(once);
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Pages as they connect, for tests to wait on. */
class Arrivals<T> {
  readonly all: T[] = [];
  readonly #waiting: ((page: T) => void)[] = [];
  #taken = 0;

  add(page: T): void {
    this.all.push(page);
    const next = this.#waiting.shift();
    if (!next) return;
    this.#taken += 1;
    next(page);
  }

  /** The next page that connects, or one that did and was not taken yet. */
  next(): Promise<T> {
    const here = this.all[this.#taken];
    if (here) {
      this.#taken += 1;
      return Promise.resolve(here);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export const CALLER = {
  callId: 'call-1',
  callerNumber: '+49301234567',
  calledNumber: '1000',
  queue: 'support',
  waitedMs: 12_000,
  path: [
    { step: 'greeting', label: 'Greeting' },
    { step: 'main', exit: '1', label: 'Support' },
  ],
};

export type DeskPage = FakePage<DeskAsk, DeskFrame>;

/**
 * A desk that follows a short script without any telephony: every ask that fits the present state moves it, the others
 * are refused. The test plays the caller with `ring` and `callerHangsUp`.
 */
export class FakeDesk implements DeskService {
  readonly pages = new Arrivals<DeskPage>();
  /** Answers the media asks; by default there is no media program. */
  media: (ask: DeskAsk, page: DeskPage) => Answer | Promise<Answer> = () => {
    throw new ParleyError('media.noWorker');
  };
  #state: Omit<DeskState, 'user'> = { presence: 'onBreak', since: Date.now(), mediaReady: true, queues: [] };
  #current: DeskPage | undefined;

  get state(): Omit<DeskState, 'user'> {
    return this.#state;
  }

  openDesk(user: SessionUser, socket: PageSocket<DeskFrame>): PageSession<DeskAsk> {
    this.#current?.socket.close(4001, 'another page took over');
    const page: DeskPage = new FakePage(user, socket);
    this.#current = page;
    this.pages.add(page);
    this.#show();
    return page.session((ask) => (ask.ask.startsWith('media.') ? this.media(ask, page) : this.#carryOut(ask)));
  }

  set(state: Omit<DeskState, 'user'>): void {
    this.#state = state;
    this.#show();
  }

  ring(offerId = 'offer-1', ringsForMs = 20_000): void {
    const now = Date.now();
    this.set({
      ...this.#state,
      presence: 'offered',
      since: now,
      offer: { ...CALLER, offerId, ringsUntil: now + ringsForMs },
    });
  }

  callerHangsUp(): void {
    this.#wrapUp('caller');
  }

  #carryOut(ask: DeskAsk): Answer {
    const { offer, call, ...rest } = this.#state;
    const since = Date.now();
    switch (ask.ask) {
      case 'goAvailable':
        this.set({ presence: 'available', since, mediaReady: rest.mediaReady, queues: rest.queues });
        return {};
      case 'takeBreak':
        this.set({ ...rest, presence: 'onBreak', since });
        return {};
      case 'answer':
        if (offer?.offerId !== ask.offerId) throw new ParleyError('agent.wrongState');
        this.set({
          ...rest,
          presence: 'talking',
          since,
          call: { ...CALLER, answeredAt: since, muted: false, onHold: false, recording: 'on' },
        });
        return {};
      case 'decline':
        this.set({ ...rest, presence: 'available', since });
        return {};
      case 'mute':
      case 'hold':
        if (!call) throw new ParleyError('agent.wrongState');
        this.set({ ...rest, call: { ...call, ...(ask.ask === 'mute' ? { muted: ask.on } : { onHold: ask.on }) } });
        return {};
      case 'sendDigits':
        if (!call) throw new ParleyError('agent.wrongState');
        return {};
      case 'hangUp':
        this.#wrapUp('agent');
        return {};
      case 'finishWrapUp':
        this.set({ presence: 'available', since, mediaReady: rest.mediaReady, queues: rest.queues });
        return {};
      default:
        throw new ParleyError('request.invalid');
    }
  }

  #wrapUp(endedBy: 'caller' | 'agent'): void {
    const { offer: _, call, ...rest } = this.#state;
    if (!call) throw new ParleyError('agent.wrongState');
    const since = Date.now();
    this.set({ ...rest, presence: 'wrappingUp', since, wrapUp: { ...CALLER, until: since + 30_000, endedBy } });
  }

  #show(): void {
    const page = this.#current;
    if (!page) return;
    const { id, name, displayName } = page.user;
    page.socket.send({ event: 'desk', desk: { user: { id, name, displayName }, ...this.#state } });
  }
}

export type PhonePage = FakePage<PhoneAsk, PhoneFrame>;

/** A phone whose calls are talking at once; `1000` is the only number. */
export class FakePhone implements PhoneService {
  readonly pages = new Arrivals<PhonePage>();
  media: (ask: PhoneAsk, page: PhonePage) => Answer | Promise<Answer> = () => {
    throw new ParleyError('media.noWorker');
  };

  openPhone(user: SessionUser, socket: PageSocket<PhoneFrame>): PageSession<PhoneAsk> {
    const page: PhonePage = new FakePage(user, socket);
    this.pages.add(page);
    let since = 0;
    const show = (phone: PhoneState): void => socket.send({ event: 'phone', phone });
    show({ kind: 'idle' });
    return page.session((ask) => {
      if (ask.ask.startsWith('media.')) return this.media(ask, page);
      if (ask.ask === 'dial') {
        if (ask.number !== '1000') throw new ParleyError('number.unknown');
        since = Date.now();
        show({ kind: 'talking', callId: 'call-9', number: ask.number, since });
        return { callId: 'call-9' };
      }
      if (ask.ask === 'hangUp') {
        show({ kind: 'idle', last: { callId: 'call-9', endedBy: 'caller', durationMs: Date.now() - since } });
      }
      return {};
    });
  }
}
