import type { SessionListener } from '../../calls/signalling.ts';
import { FAILURES, failureCode } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { digitIn, hasBody, sdpOf } from './read-invite.ts';
import { promised } from './session-timer.ts';
import type { SrfDialog, SrfMessage, SrfRequest, SrfResponse } from './srf-face.ts';

export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE';

export interface CarrierDialogDeps {
  session: SessionListener;
  /** The far end hung up, or the SIP server gave the dialog up and says why. Told at most once, and not after our BYE. */
  ended(by: 'far' | 'system', reason: string): void;
  log: Logger;
  /** The INVITE that came without an offer and was answered with ours. */
  lateInvite?: SrfRequest | undefined;
}

/** A dialog with a carrier, whoever called whom: its requests, and our BYE. */
export class CarrierDialog {
  readonly #dialog: SrfDialog;
  readonly #deps: CarrierDialogDeps;
  readonly #log: Logger;
  /** Sequence number of the INVITE that we answer with an offer, until its ACK brings theirs. */
  #offeredIn: string | undefined;
  #isOver = false;

  constructor(dialog: SrfDialog, deps: CarrierDialogDeps) {
    this.#dialog = dialog;
    this.#deps = deps;
    this.#log = deps.log;
    this.#offeredIn = deps.lateInvite && sequenceOf(deps.lateInvite);
    dialog.on('destroy', (_request, reason) => {
      const isFar = reason === undefined || reason === 'normal release';
      this.#ended(isFar ? 'far' : 'system', isFar ? '' : reason);
    });
    dialog.on('ack', (request) => this.#acknowledged(request));
    // srf tells of an ACK a turn later than of a re-INVITE that came behind it.
    dialog.on('modify', (request, response) => setImmediate(() => void this.#reoffer(request, response)));
    dialog.on('update', (request, response) => void this.#reoffer(request, response));
    dialog.on('info', (request, response) => this.#info(request, response));
    dialog.on('refer', (_request, response) => response.send(603));
    dialog.on('message', (_request, response) => response.send(405, { headers: { Allow: ALLOW } }));
    dialog.on('notify', (_request, response) => response.send(489));
  }

  get id(): string {
    return this.#dialog.id;
  }

  hangUp(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const headers = { Reason: `Q.850;cause=16;text="${reason.replace(/["\\\r\n]/g, ' ')}"` };
    this.#dialog.destroy({ headers }, (error) => {
      if (error) this.#log.info({ reason: String(error) }, 'BYE was not sent');
    });
  }

  /** The connection to the SIP server is gone, and with it every word about this dialog. */
  lost(): void {
    this.#ended('system', 'SIP server lost');
  }

  #ended(by: 'far' | 'system', reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deps.ended(by, reason);
  }

  #acknowledged(ack: SrfRequest): void {
    if (this.#isOver || this.#offeredIn === undefined || sequenceOf(ack) !== this.#offeredIn) return;
    this.#offeredIn = undefined;
    this.#deps.session.acknowledged(sdpOf(ack));
  }

  /** A re-INVITE or UPDATE: hold, a moved RTP address, a wish for our offer, or only a sign of life (an UPDATE without a body). */
  async #reoffer(request: SrfRequest, response: SrfResponse): Promise<void> {
    const headers = { Contact: this.#dialog.local.contact, ...promised(request) };
    const isWish = !hasBody(request);
    if (isWish && request.method === 'UPDATE') {
      response.send(200, { headers });
      return;
    }
    // Offers that cross: theirs has to wait until ours is answered (RFC 3311 section 5.2, RFC 6337 section 2.2).
    if (this.#offeredIn !== undefined) {
      response.send(491);
      return;
    }
    if (isWish) this.#offeredIn = sequenceOf(request);
    try {
      const { session } = this.#deps;
      const body = await (isWish ? session.offerWanted() : session.reoffered(sdpOf(request)));
      if (this.#isOver) return;
      response.send(200, { body, headers: { ...headers, 'Content-Type': 'application/sdp', Allow: ALLOW } });
    } catch (error) {
      if (isWish) this.#offeredIn = undefined;
      const code = failureCode(error);
      this.#log.info({ code, method: request.method }, 'new offer refused');
      response.send(code === undefined ? 500 : FAILURES[code].sip);
    }
  }

  #info(request: SrfRequest, response: SrfResponse): void {
    const type = (request.get('Content-Type') ?? '').toLowerCase();
    const digit = /^application\/dtmf(-relay)?\b/.test(type) ? digitIn(request.body ?? '') : undefined;
    if (digit !== undefined) this.#deps.session.digit(digit);
    const isKnown = digit !== undefined || !request.body;
    response.send(
      isKnown ? 200 : 415,
      isKnown ? {} : { headers: { Accept: 'application/dtmf-relay, application/dtmf' } },
    );
  }
}

function sequenceOf(message: SrfMessage): string {
  return (message.get('CSeq') ?? '').trim().split(/\s+/)[0] ?? '';
}
