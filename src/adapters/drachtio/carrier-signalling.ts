import type { CallerSignalling, SignallingListener } from '../../calls/signalling.ts';
import { FAILURES, type FailureCode } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { ALLOW, CarrierDialog } from './carrier-dialog.ts';
import { hasBody, hasOption } from './read-invite.ts';
import { promised } from './session-timer.ts';
import type { Srf, SrfDialog, SrfRequest, SrfResponse } from './srf-face.ts';

/** What a caller is told to wait when the trouble is ours and will pass, in seconds. */
const RETRY_AFTER_S = '10';

/** One caller at a carrier: turns what happens to the INVITE and its dialog into the words of `calls/signalling.ts`. */
export class CarrierSignalling implements CallerSignalling {
  readonly kind = 'carrier';
  readonly #srf: Srf;
  readonly #request: SrfRequest;
  readonly #response: SrfResponse;
  readonly #log: Logger;
  readonly #over: () => void;
  #listener: SignallingListener | undefined;
  #dialog: CarrierDialog | undefined;
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

  /** Carries no SDP; who wants it reliably and our offer, too, hears nothing before the answer (RFC 3262 section 5). */
  ring(): void {
    if (this.#response.finalResponseSent) return;
    if (!hasOption(this.#request, 'Require', '100rel')) this.#response.send(180);
    else if (hasBody(this.#request)) this.#response.send(180, { headers: { Require: '100rel' } });
  }

  answer(sdp: string): void {
    const headers = { 'Content-Type': 'application/sdp', Allow: ALLOW, ...promised(this.#request) };
    const options = { localSdp: sdp, headers };
    this.#srf.createUAS(this.#request, this.#response, options, (error, dialog) => {
      const listener = this.#listener;
      if (dialog && listener) {
        this.#dialog = this.#adopted(dialog, listener);
        listener.answered(dialog.id);
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
    if (!this.#dialog || this.#isOver) return;
    this.#dialog.hangUp(reason);
    this.#ended();
  }

  /** The connection to the SIP server is gone, and with it every word about this dialog. */
  lost(): void {
    if (this.#isOver) return;
    this.#listener?.ended('system', 'SIP server lost');
    this.#ended();
  }

  #adopted(dialog: SrfDialog, listener: SignallingListener): CarrierDialog {
    return new CarrierDialog(dialog, {
      session: listener,
      ended: (by, reason) => {
        if (this.#isOver) return;
        if (by === 'far') listener.ended('caller', 'caller hung up');
        else listener.ended('system', reason);
        this.#ended();
      },
      log: this.#log,
      ...(!hasBody(this.#request) && { lateInvite: this.#request }),
    });
  }

  #ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over();
  }
}
