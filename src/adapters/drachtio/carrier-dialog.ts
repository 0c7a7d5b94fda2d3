import { FAILURES, failureCode } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { digitIn } from './read-invite.ts';
import type { SrfDialog, SrfRequest, SrfResponse } from './srf-face.ts';

export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE';

/** What happens in a dialog. None of these throws. */
export interface DialogListener {
  /** The far end hung up, or the SIP server gave the dialog up and says why. Told at most once, and not after our BYE. */
  ended(by: 'far' | 'system', reason: string): void;
  digit(digit: string): void;
  /** A new offer: resolves with our answer. Rejects with `sdp.invalid` or `media.noCommonCodec`. */
  reoffered(sdp: string): Promise<string>;
}

/** A dialog with a carrier, whoever called whom: its requests, and our BYE. */
export class CarrierDialog {
  readonly #dialog: SrfDialog;
  readonly #listener: DialogListener;
  readonly #log: Logger;
  #isOver = false;

  constructor(dialog: SrfDialog, listener: DialogListener, log: Logger) {
    this.#dialog = dialog;
    this.#listener = listener;
    this.#log = log;
    dialog.on('destroy', (_request, reason) => {
      const isFar = reason === undefined || reason === 'normal release';
      this.#ended(isFar ? 'far' : 'system', isFar ? '' : reason);
    });
    dialog.on('modify', (request, response) => void this.#reoffer(request, response));
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
    this.#listener.ended(by, reason);
  }

  /** A re-INVITE or UPDATE: hold, a moved RTP address, or only a sign of life (without a body). */
  async #reoffer(request: SrfRequest, response: SrfResponse): Promise<void> {
    const { body } = request;
    const { local } = this.#dialog;
    const headers = { Contact: local.contact, 'Content-Type': 'application/sdp', Allow: ALLOW };
    if (!body) {
      if (request.method === 'UPDATE') response.send(200, { headers: { Contact: local.contact } });
      else response.send(200, { body: local.sdp, headers });
      return;
    }
    try {
      const sdp = await this.#listener.reoffered(body);
      if (this.#isOver) return;
      local.sdp = sdp;
      response.send(200, { body: sdp, headers });
    } catch (error) {
      const code = failureCode(error);
      this.#log.info({ code, method: request.method }, 'new offer refused');
      response.send(code === undefined ? 500 : FAILURES[code].sip);
    }
  }

  #info(request: SrfRequest, response: SrfResponse): void {
    const type = (request.get('Content-Type') ?? '').toLowerCase();
    const digit = /^application\/dtmf(-relay)?\b/.test(type) ? digitIn(request.body ?? '') : undefined;
    if (digit !== undefined) this.#listener.digit(digit);
    const isKnown = digit !== undefined || !request.body;
    response.send(
      isKnown ? 200 : 415,
      isKnown ? {} : { headers: { Accept: 'application/dtmf-relay, application/dtmf' } },
    );
  }
}
