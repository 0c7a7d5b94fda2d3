import type { Clock } from '../../shared/time.ts';
import { failureAck, ownAnswer, responseTo } from '../messages/compose.ts';
import { tagOf } from '../messages/tags.ts';
import { isReliable, type Source, type Target } from '../transport/address.ts';
import { viaParts } from '../transport/received-via.ts';
import { getHeader } from '../wire/headers.ts';
import type { SipRequest, SipResponse } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import { clientInviteMachine } from './client-invite-machine.ts';
import { clientRequestMachine } from './client-request-machine.ts';
import { ClientTransaction, type ClientUser } from './client-transaction.ts';
import { clientKey, mergeKey, serverKey } from './matching.ts';
import { serverInviteMachine } from './server-invite-machine.ts';
import { serverRequestMachine } from './server-request-machine.ts';
import { ServerTransaction } from './server-transaction.ts';
import type { TimerValues } from './timers.ts';

/** What the layer above hears; each is called once for each new thing, never for a repeat. */
export interface TransactionEvents {
  request(transaction: ServerTransaction): void;
  /** CANCEL, and the INVITE that it means if we have it. */
  cancel(cancel: ServerTransaction, invite: ServerTransaction | undefined): void;
  /** ACK that belongs to no failure: it acknowledges a 2xx. */
  ack(ack: SipRequest, source: Source, bytes: number): void;
}

export interface TransactionLayerParts {
  clock: Clock;
  timers: TimerValues;
  events: TransactionEvents;
  send(target: Target, bytes: Buffer, failed: (why: string) => void): void;
}

function tables(timers: TimerValues, reliable: boolean) {
  return {
    clientInvite: clientInviteMachine(timers, reliable),
    clientRequest: clientRequestMachine(timers, reliable),
    serverInvite: serverInviteMachine(timers, reliable),
    serverRequest: serverRequestMachine(timers, reliable),
  };
}

/** All transactions, and which message belongs to which (RFC 3261 section 17). */
export class TransactionLayer {
  #parts: TransactionLayerParts;
  #tables: Record<'udp' | 'tcp', ReturnType<typeof tables>>;
  #servers = new Map<string, ServerTransaction>();
  #merged = new Map<string, ServerTransaction>();
  #clients = new Map<string, ClientTransaction>();

  constructor(parts: TransactionLayerParts) {
    this.#parts = parts;
    this.#tables = { udp: tables(parts.timers, false), tcp: tables(parts.timers, true) };
  }

  get counts(): { server: number; client: number } {
    return { server: this.#servers.size, client: this.#clients.size };
  }

  /** Takes a request from the network. */
  receiveRequest(request: SipRequest, source: Source, bytes: number): void {
    const key = serverKey(request, request.method);
    if (request.method === 'ACK') {
      const invite = this.#servers.get(serverKey(request, 'INVITE'));
      if (!invite?.acknowledged()) this.#parts.events.ack(request, source, bytes);
      return;
    }
    const known = this.#servers.get(key);
    if (known) {
      known.repeated();
      return;
    }
    const merge = mergeKey(request);
    if (merge !== undefined && this.#merged.has(merge)) {
      this.respond(this.#open(key, undefined, request, source, bytes), ownAnswer(request, 482));
      return;
    }
    const transaction = this.#open(key, merge, request, source, bytes);
    if (request.method === 'CANCEL') {
      this.#parts.events.cancel(transaction, this.#servers.get(serverKey(request, 'INVITE')));
      return;
    }
    if (request.method === 'INVITE') this.respond(transaction, responseTo(request, { status: 100 }));
    this.#parts.events.request(transaction);
  }

  /** Takes a response from the network; one that belongs to nothing is dropped (RFC 6026 section 8.9). */
  receiveResponse(response: SipResponse, source: Source, bytes: number): boolean {
    const via = getHeader(response, 'via');
    const cseq = getHeader(response, 'cseq');
    if (via === undefined || cseq === undefined) return false;
    const method = cseq.slice(cseq.search(/\s/) + 1).trim();
    const client = this.#clients.get(clientKey(viaParts(via).branch, method));
    if (!client) return false;
    client.receive({ response, source, bytes });
    return true;
  }

  /** Answers a request; the bytes sent, or undefined when its transaction takes no such answer any more. */
  respond(transaction: ServerTransaction, response: SipResponse): Buffer | undefined {
    const bytes = serialise(response);
    return transaction.respond(response, bytes) ? bytes : undefined;
  }

  /**
   * A transaction for a request of ours, which must have its Via already. `start` is the caller's to call, when it is
   * ready to hear of failure.
   */
  open(request: SipRequest, bytes: Buffer, target: Target, branch: string, user: ClientUser): ClientTransaction {
    const set = this.#tables[target.protocol];
    const client = new ClientTransaction({
      key: clientKey(branch, request.method),
      request,
      bytes,
      target,
      clock: this.#parts.clock,
      machine: request.method === 'INVITE' ? set.clientInvite : set.clientRequest,
      user,
      send: (message, failed) => this.#parts.send(target, message, failed),
      acknowledge: (_of, failure) => this.#parts.send(target, serialise(failureAck(request, failure)), () => undefined),
      forget: (gone) => this.#clients.delete(gone.key),
    });
    this.#clients.set(client.key, client);
    return client;
  }

  /** Drops everything at once; for a server that shuts down. */
  stop(): void {
    for (const transaction of this.#servers.values()) transaction.stop();
    for (const transaction of this.#clients.values()) transaction.stop();
    this.#servers.clear();
    this.#merged.clear();
    this.#clients.clear();
  }

  #open(key: string, merge: string | undefined, request: SipRequest, source: Source, bytes: number): ServerTransaction {
    const set = this.#tables[source.protocol];
    const back = answerTarget(request, source);
    const transaction = new ServerTransaction({
      key,
      mergeKey: merge,
      request,
      source,
      bytes,
      clock: this.#parts.clock,
      machine: request.method === 'INVITE' ? set.serverInvite : set.serverRequest,
      send: (message, failed) => this.#parts.send(back, message, failed),
      forget: (gone) => {
        this.#servers.delete(gone.key);
        if (gone.mergeKey !== undefined) this.#merged.delete(gone.mergeKey);
      },
    });
    this.#servers.set(key, transaction);
    if (merge !== undefined) this.#merged.set(merge, transaction);
    return transaction;
  }
}

/**
 * Where answers go (RFC 3261 section 18.2.2, RFC 3581 section 4): over UDP to where the request came from; over TCP on
 * its connection, and if that has gone on a new one to the sent-by port.
 */
export function answerTarget(request: SipRequest, source: Source): Target {
  if (!isReliable(source.protocol)) return { protocol: 'udp', address: source.address, port: source.port };
  const port = viaParts(getHeader(request, 'via') ?? '').port ?? 5060;
  return {
    protocol: 'tcp',
    address: source.address,
    port,
    ...(source.connection ? { connection: source.connection } : {}),
  };
}

/** True when the request stands inside a dialog, by its To tag. */
export function hasToTag(request: SipRequest): boolean {
  return tagOf(getHeader(request, 'to') ?? '') !== '';
}
