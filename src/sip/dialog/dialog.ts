import { step } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import type { AppConnection } from '../app-side/connection.ts';
import type { ClientTransaction } from '../transaction/client-transaction.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { Target } from '../transport/address.ts';
import { type DialogEffect, type DialogEvent, type DialogLife, dialogLifeMachine } from './life-machine.ts';
import type { Repeater } from './repeater.ts';

/** What a dialog knows when it is made (RFC 3261 sections 12.1.1 and 12.1.2). */
export interface DialogFacts {
  /** `<Call-ID>;from-tag=<tag of the From that made it>`: what Apps call it. */
  id: string;
  callId: string;
  role: 'uas' | 'uac';
  kind: 'INVITE' | 'SUBSCRIBE';
  localTag: string;
  remoteTag: string;
  /** From value of our requests, without the tag. */
  local: string;
  /** To value of our requests, without the tag. */
  remote: string;
  /** Contact value that we gave, with brackets. */
  localContact: string;
  /** Request URI of our requests: the peer's Contact. */
  remoteTarget: string;
  /** Route values, nearest first. */
  routeSet: string[];
  localCseq: number;
  remoteCseq: number | undefined;
  /** The App that made or answered it. */
  owner: AppConnection;
  /** The transactionId under which the App knows the request that made it. */
  transactionId: string;
}

export interface DialogActions {
  hangUpOrphan(dialog: Dialog): void;
  forget(dialog: Dialog): void;
}

/** A 2xx of ours that has not been acknowledged yet, or the last one that was. */
export interface OwnAnswer {
  cseq: number;
  /** The INVITE's, for the ACK of the one that made the dialog; the ACK of a later one gets an id of its own. */
  transactionId: string | undefined;
  repeater: Repeater;
}

/** A 2xx of the peer to our INVITE. */
export interface PeerAnswer {
  cseq: number;
  /** Sends our ACK once more; undefined until the App gave it. */
  ack: (() => void) | undefined;
  /** We had cancelled: the call is hung up as soon as it is acknowledged. */
  cancelled: boolean;
}

/** One dialog. Its life is the table; the rest is what requests in it are made of. */
export class Dialog {
  readonly id: string;
  readonly callId: string;
  readonly role: 'uas' | 'uac';
  readonly kind: 'INVITE' | 'SUBSCRIBE';
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: string;
  readonly remote: string;
  readonly transactionId: string;
  localContact: string;
  remoteTarget: string;
  routeSet: string[];
  localCseq: number;
  remoteCseq: number | undefined;
  owner: AppConnection | undefined;
  /** Where requests really go when the peer's Contact cannot be reached or a TCP connection is to be kept. */
  pinned: Target | undefined;
  ownAnswer: OwnAnswer | undefined;
  peerAnswer: PeerAnswer | undefined;
  /** Our INVITE that has no final answer, and the peer's. */
  ownInvite: ClientTransaction | undefined;
  peerInvite: ServerTransaction | undefined;
  ownUpdate: ClientTransaction | undefined;
  peerUpdate: ServerTransaction | undefined;
  /** Last SDP that we sent, for refreshes by the server itself. */
  localSdp: Buffer | undefined;
  /** Stops whatever the session timer has running. */
  stopSessionTimer: (() => void) | undefined;
  #life: DialogLife = { kind: 'early' };
  #clock: Clock;
  #orphanMs: number;
  #actions: DialogActions;
  #stopOrphanTimer: (() => void) | undefined;

  constructor(facts: DialogFacts, options: { clock: Clock; orphanMs: number; actions: DialogActions }) {
    this.id = facts.id;
    this.callId = facts.callId;
    this.role = facts.role;
    this.kind = facts.kind;
    this.localTag = facts.localTag;
    this.remoteTag = facts.remoteTag;
    this.local = facts.local;
    this.remote = facts.remote;
    this.transactionId = facts.transactionId;
    this.localContact = facts.localContact;
    this.remoteTarget = facts.remoteTarget;
    this.routeSet = facts.routeSet;
    this.localCseq = facts.localCseq;
    this.remoteCseq = facts.remoteCseq;
    this.owner = facts.owner;
    this.#clock = options.clock;
    this.#orphanMs = options.orphanMs;
    this.#actions = options.actions;
  }

  get life(): DialogLife['kind'] {
    return this.#life.kind;
  }

  get over(): boolean {
    return this.#life.kind === 'ended';
  }

  /** The key under which messages of the network find it. */
  get key(): string {
    return dialogKey(this.callId, this.localTag, this.remoteTag);
  }

  nextCseq(): number {
    this.localCseq += 1;
    return this.localCseq;
  }

  take(kind: DialogEvent['kind']): void {
    const move = step(dialogLifeMachine, this.#life, { kind });
    this.#life = move.state;
    for (const effect of move.effects) this.#perform(effect);
  }

  /** Drops every timer; for a server that shuts down. */
  stop(): void {
    this.#stopOrphanTimer?.();
    this.stopSessionTimer?.();
    this.ownAnswer?.repeater.drop();
  }

  #perform(effect: DialogEffect): void {
    switch (effect.do) {
      case 'startOrphanTimer':
        this.#stopOrphanTimer = this.#clock.after(this.#orphanMs, () => this.take('orphanTimeOver'));
        return;
      case 'stopOrphanTimer':
        this.#stopOrphanTimer?.();
        this.#stopOrphanTimer = undefined;
        return;
      case 'hangUpOrphan':
        this.#actions.hangUpOrphan(this);
        return;
      case 'forget':
        this.stop();
        this.#actions.forget(this);
    }
  }
}

/** Call-ID, our tag and the peer's: no other three name the same dialog (RFC 3261 section 12). */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}\n${localTag}\n${remoteTag}`;
}
