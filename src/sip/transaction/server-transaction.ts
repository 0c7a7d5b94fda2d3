import type { Machine } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import type { Source } from '../transport/address.ts';
import type { SipRequest, SipResponse } from '../wire/message.ts';
import { TransactionDriver } from './driver.ts';
import type { ServerEvent, TransactionEffect } from './machine-words.ts';
import type { ServerInviteState } from './server-invite-machine.ts';
import type { ServerRequestState } from './server-request-machine.ts';

type ServerState = ServerInviteState | ServerRequestState;

export interface ServerTransactionParts {
  key: string;
  mergeKey: string | undefined;
  request: SipRequest;
  source: Source;
  bytes: number;
  clock: Clock;
  machine:
    | Machine<ServerInviteState, ServerEvent, TransactionEffect>
    | Machine<ServerRequestState, ServerEvent, TransactionEffect>;
  send(bytes: Buffer, failed: (why: string) => void): void;
  forget(transaction: ServerTransaction): void;
}

/** A request from the network and our answers to it. */
export class ServerTransaction extends TransactionDriver<ServerState, ServerEvent> {
  readonly key: string;
  /** From tag, Call-ID and CSeq of a request without a To tag: the same through another path is a merged request. */
  readonly mergeKey: string | undefined;
  readonly request: SipRequest;
  readonly source: Source;
  /** Size of the request on the wire. */
  readonly bytes: number;
  #last: Buffer | undefined;
  #finalStatus: number | undefined;
  #parts: ServerTransactionParts;

  constructor(parts: ServerTransactionParts) {
    super(
      parts.machine as Machine<ServerState, ServerEvent, TransactionEffect>,
      parts.request.method === 'INVITE' ? { kind: 'proceeding' } : { kind: 'trying' },
      parts.clock,
    );
    this.key = parts.key;
    this.mergeKey = parts.mergeKey;
    this.request = parts.request;
    this.source = parts.source;
    this.bytes = parts.bytes;
    this.#parts = parts;
  }

  /** The final answer's status, once one was sent. */
  get finalStatus(): number | undefined {
    return this.#finalStatus;
  }

  /** Sends an answer; false (and nothing sent) when the transaction takes no such answer any more. */
  respond(response: SipResponse, bytes: Buffer): boolean {
    if (this.#finalStatus !== undefined) return false;
    this.#last = bytes;
    if (response.status >= 200) this.#finalStatus = response.status;
    return this.take({ kind: response.status < 200 ? 'provisional' : response.status < 300 ? 'success' : 'failure' });
  }

  /** Puts the last 2xx on the wire once more: the dialog repeats it until its ACK comes. */
  sendSuccessAgain(): void {
    this.take({ kind: 'success' });
  }

  /** Puts a reliable provisional answer on the wire once more, while there is no final one. */
  sendProvisionalAgain(bytes: Buffer): void {
    if (this.#finalStatus === undefined) this.#parts.send(bytes, () => this.take({ kind: 'transportFailed' }));
  }

  /** Gives up after so long without a final answer. */
  expireAfter(ms: number): void {
    this.endAfter(ms);
  }

  repeated(): void {
    this.take({ kind: 'repeated' });
  }

  /** False when an ACK means nothing here: it then belongs to a 2xx. */
  acknowledged(): boolean {
    return this.take({ kind: 'acknowledged' });
  }

  stop(): void {
    this.stopTimers();
  }

  protected perform(effect: TransactionEffect): void {
    if (effect.do === 'forget') this.#parts.forget(this);
    else if ((effect.do === 'send' || effect.do === 'sendAgain') && this.#last) {
      this.#parts.send(this.#last, () => this.take({ kind: 'transportFailed' }));
    }
  }
}
