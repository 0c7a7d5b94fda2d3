import type { CallerSignalling, SignallingListener } from '../../calls/signalling.ts';
import { FAILURES, type FailureCode, failureCode } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { digitIn } from './read-invite.ts';
import type { Srf, SrfDialog, SrfRequest, SrfResponse } from './srf-face.ts';

/** What a caller is told to wait when the trouble is ours and will pass, in seconds. */
const RETRY_AFTER_S = '10';

const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE';

/** One caller at a carrier: turns what happens to the INVITE and its dialog into the words of `calls/signalling.ts`. */
export class CarrierSignalling implements CallerSignalling {
  readonly kind = 'carrier';
  readonly #srf: Srf;
  readonly #request: SrfRequest;
  readonly #response: SrfResponse;
  readonly #log: Logger;
  readonly #over: () => void;
  #listener: SignallingListener | undefined;
  #dialog: SrfDialog | undefined;
  #isOver = false;

  /** To be made in the same turn in which the INVITE came: a CANCEL is told once. `over` is told when the dialog is gone. */
  constructor(srf: Srf, request: SrfRequest, response: SrfResponse, log: Logger, over: () => void) {
    this.#srf = srf;
    this.#request = request;
    this.#response = response;
    this.#log = log;
    this.#over = over;
    request.on('cancel', () => this.#listener?.cancelled());
  }

  /** The dialog's id while there is one. */
  get dialogId(): string | undefined {
    return this.#dialog?.id;
  }

  listen(listener: SignallingListener): void {
    this.#listener = listener;
  }

  ring(): void {
    if (!this.#response.finalResponseSent) this.#response.send(180);
  }

  answer(sdp: string): void {
    const options = { localSdp: sdp, headers: { 'Content-Type': 'application/sdp', Allow: ALLOW } };
    this.#srf.createUAS(this.#request, this.#response, options, (error, dialog) => {
      if (dialog) {
        this.#adopt(dialog);
        this.#listener?.answered(dialog.id);
        return;
      }
      this.#log.info({ reason: String(error) }, 'answer was not sent');
      this.#listener?.answerFailed('the answer could not be sent');
      this.#ended();
    });
  }

  refuse(code: FailureCode): void {
    const status = FAILURES[code].sip;
    const headers = status === 503 ? { 'Retry-After': RETRY_AFTER_S } : {};
    if (!this.#response.finalResponseSent) this.#response.send(status, { headers });
    this.#ended();
  }

  hangUp(reason: string): void {
    const dialog = this.#dialog;
    if (!dialog || this.#isOver) return;
    dialog.destroy({ headers: { Reason: `Q.850;cause=16;text="${reason.replace(/["\\\r\n]/g, ' ')}"` } }, (error) => {
      if (error) this.#log.warn({ reason: String(error) }, 'BYE was not sent');
    });
    this.#ended();
  }

  /** The connection to the SIP server is gone, and with it every word about this dialog. */
  lost(): void {
    if (this.#isOver) return;
    this.#listener?.ended('system', 'SIP server lost');
    this.#ended();
  }

  #adopt(dialog: SrfDialog): void {
    this.#dialog = dialog;
    dialog.on('destroy', (_request, reason) => {
      const isFar = reason === undefined || reason === 'normal release';
      this.#listener?.ended(isFar ? 'caller' : 'system', isFar ? 'caller hung up' : reason);
      this.#ended();
    });
    dialog.on('modify', (request, response) => void this.#reoffer(dialog, request, response));
    dialog.on('update', (request, response) => void this.#reoffer(dialog, request, response));
    dialog.on('info', (request, response) => this.#info(request, response));
    dialog.on('refer', (_request, response) => response.send(603));
    dialog.on('message', (_request, response) => response.send(405, { headers: { Allow: ALLOW } }));
    dialog.on('notify', (_request, response) => response.send(489));
  }

  /** A re-INVITE or UPDATE: hold, a moved RTP address, or only a sign of life (without a body). */
  async #reoffer(dialog: SrfDialog, request: SrfRequest, response: SrfResponse): Promise<void> {
    const { body } = request;
    const headers = { Contact: dialog.local.contact, 'Content-Type': 'application/sdp', Allow: ALLOW };
    if (!body) {
      if (request.method === 'UPDATE') response.send(200, { headers: { Contact: dialog.local.contact } });
      else response.send(200, { body: dialog.local.sdp, headers });
      return;
    }
    try {
      const sdp = await this.#listener?.reoffered(body);
      if (sdp === undefined || this.#isOver) return;
      dialog.local.sdp = sdp;
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
    if (digit !== undefined) this.#listener?.digit(digit);
    const isKnown = digit !== undefined || !request.body;
    response.send(
      isKnown ? 200 : 415,
      isKnown ? {} : { headers: { Accept: 'application/dtmf-relay, application/dtmf' } },
    );
  }

  #ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over();
  }
}
