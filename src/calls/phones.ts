import type { PageSession, PageSocket, PhoneService } from '../agents/desk-service.ts';
import type { SessionUser } from '../protocol/http.ts';
import type { PhoneAsk, PhoneFrame, PhoneState } from '../protocol/phone.ts';
import type { EndedBy } from '../reports/journal.ts';
import { type FailureCode, ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { Call } from './call.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';
import { PageAudio } from './page-audio.ts';
import type { CallerSignalling, IncomingCall, SignallingListener } from './signalling.ts';

export interface PhonesDeps {
  media: MediaPort;
  facts: MediaFacts;
  /** Takes a call in. Throws what the caller is refused with. */
  dial(incoming: IncomingCall, ended: (call: Call) => void): Call;
  clock: Clock;
  log: Logger;
}

/** What the ids of phone pages' endpoints begin with. */
export const PHONE_PREFIX = 'phone.';

/** The phones in browsers: callers without SIP. */
export class Phones implements PhoneService {
  readonly #deps: PhonesDeps;

  constructor(deps: PhonesDeps) {
    this.#deps = deps;
  }

  openPhone(user: SessionUser, socket: PageSocket<PhoneFrame>): PageSession<PhoneAsk> {
    const phone = new Phone(this.#deps, user, socket);
    return { ask: (body) => phone.ask(body), closed: () => phone.close() };
  }
}

/** One page that can dial. It lives as long as its socket: a call does not outlive the page it was made from. */
class Phone {
  readonly #deps: PhonesDeps;
  readonly #user: SessionUser;
  readonly #socket: PageSocket<PhoneFrame>;
  readonly #audio: PageAudio;
  #state: PhoneState = { kind: 'idle' };
  #line: PageSignalling | undefined;

  constructor(deps: PhonesDeps, user: SessionUser, socket: PageSocket<PhoneFrame>) {
    this.#deps = deps;
    this.#user = user;
    this.#socket = socket;
    this.#audio = new PageAudio(
      { ...deps, prefix: PHONE_PREFIX },
      {
        up: () => {},
        down: () => {},
        lost: () => socket.send({ event: 'mediaLost' }),
      },
    );
    // A page that was here before a restart still believes in its audio leg.
    socket.send({ event: 'mediaLost' });
    this.#show(this.#state);
  }

  async ask(ask: PhoneAsk): Promise<Record<string, unknown>> {
    switch (ask.ask) {
      case 'dial':
        return { callId: this.#dial(ask.number) };
      case 'sendDigits':
        this.#talking().press(ask.digits);
        return {};
      case 'hangUp':
        this.#talking().farHungUp('caller hung up');
        return {};
      default:
        return this.#audio.ask(ask);
    }
  }

  close(): void {
    this.#line?.farHungUp('page closed');
    this.#audio.close();
  }

  #dial(number: string): string {
    if (this.#line) throw new ParleyError('agent.wrongState');
    const endpointId = this.#audio.endpointId;
    if (endpointId === undefined)
      throw new ParleyError('agent.wrongState', {}, { text: 'The audio is not connected yet' });
    const line = new PageSignalling(() => {
      if (this.#state.kind === 'dialling')
        this.#show({ ...this.#state, kind: 'talking', since: this.#deps.clock.now() });
    });
    const incoming: IncomingCall = {
      signalling: line,
      callerNumber: this.#user.name,
      callerName: this.#user.displayName,
      calledNumber: number,
      endpointId,
    };
    this.#line = line;
    try {
      const call = this.#deps.dial(incoming, (ended) => this.#ended(ended));
      const { callId, startedAt } = call;
      this.#show({ kind: 'dialling', callId, number, since: startedAt });
      call.open();
      return callId;
    } catch (error) {
      this.#line = undefined;
      throw error;
    }
  }

  #ended(call: Call): void {
    this.#line = undefined;
    const { callId, startedAt, endedBy } = call;
    const last = { callId, endedBy: endedBy ?? 'system', durationMs: this.#deps.clock.now() - startedAt };
    this.#show({ kind: 'idle', last });
  }

  #talking(): PageSignalling {
    if (!this.#line) throw new ParleyError('agent.wrongState');
    return this.#line;
  }

  #show(state: PhoneState): void {
    this.#state = state;
    this.#socket.send({ event: 'phone', phone: state });
  }
}

/** Signalling that needs no network: the page is connected already. */
class PageSignalling implements CallerSignalling {
  readonly kind = 'browser';
  readonly #answered: () => void;
  #listener: SignallingListener | undefined;

  constructor(answered: () => void) {
    this.#answered = answered;
  }

  listen(listener: SignallingListener): void {
    this.#listener = listener;
  }

  /** The page shows that it dials until the answer. */
  ring(): void {}

  answer(): void {
    this.#answered();
    this.#listener?.answered(undefined);
  }

  /** What the page asked is answered with the failure itself, or the page is shown that the call is over. */
  refuse(_code: FailureCode): void {
    this.#listener = undefined;
  }

  hangUp(): void {
    this.#listener = undefined;
  }

  press(digits: string): void {
    for (const digit of digits) this.#listener?.digit(digit);
  }

  farHungUp(reason: string): void {
    this.#listener?.ended('caller' satisfies EndedBy, reason);
  }
}
