import type { Machine } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import type { Source, Target } from '../transport/address.ts';
import type { SipRequest, SipResponse } from '../wire/message.ts';
import type { ClientInviteState } from './client-invite-machine.ts';
import type { ClientRequestState } from './client-request-machine.ts';
import { TransactionDriver } from './driver.ts';
import type { ClientEvent, TransactionEffect } from './machine-words.ts';

type ClientState = ClientInviteState | ClientRequestState;

/** A response and where it came from. */
export interface ReceivedResponse {
  response: SipResponse;
  source: Source;
  bytes: number;
}

/** Whoever asked for the request. */
export interface ClientUser {
  /** Every answer that is no repeat; of an INVITE also every further 2xx. */
  onResponse(received: ReceivedResponse): void;
  /** No answer will come. */
  onFailure(why: 'timeout' | 'transport'): void;
}

export interface ClientTransactionParts {
  key: string;
  request: SipRequest;
  bytes: Buffer;
  target: Target;
  clock: Clock;
  machine:
    | Machine<ClientInviteState, ClientEvent, TransactionEffect>
    | Machine<ClientRequestState, ClientEvent, TransactionEffect>;
  user: ClientUser;
  send(bytes: Buffer, failed: (why: string) => void): void;
  acknowledge(transaction: ClientTransaction, response: SipResponse): void;
  forget(transaction: ClientTransaction): void;
}

/** A request of ours and the answers to it. */
export class ClientTransaction extends TransactionDriver<ClientState, ClientEvent> {
  readonly key: string;
  readonly request: SipRequest;
  readonly target: Target;
  #parts: ClientTransactionParts;
  #received: ReceivedResponse | undefined;

  constructor(parts: ClientTransactionParts) {
    super(parts.machine as Machine<ClientState, ClientEvent, TransactionEffect>, { kind: 'idle' }, parts.clock);
    this.key = parts.key;
    this.request = parts.request;
    this.target = parts.target;
    this.#parts = parts;
  }

  start(): void {
    this.take({ kind: 'started' });
  }

  receive(received: ReceivedResponse): void {
    this.#received = received;
    const { status } = received.response;
    this.take({ kind: status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure' });
  }

  /** Our CANCEL is out: an INVITE without a final answer now ends after 64 × T1. */
  cancelSent(): void {
    this.take({ kind: 'cancelSent' });
  }

  stop(): void {
    this.stopTimers();
  }

  protected perform(effect: TransactionEffect): void {
    switch (effect.do) {
      case 'send':
      case 'sendAgain':
        this.#parts.send(this.#parts.bytes, () => this.take({ kind: 'transportFailed' }));
        return;
      case 'acknowledge':
        if (this.#received) this.#parts.acknowledge(this, this.#received.response);
        return;
      case 'tell':
        if (this.#received) this.#parts.user.onResponse(this.#received);
        return;
      case 'fail':
        this.#parts.user.onFailure(effect.why);
        return;
      case 'forget':
        this.#parts.forget(this);
        return;
      default:
    }
  }
}
