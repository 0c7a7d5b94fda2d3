import type { CallerSignalling, SignallingListener } from '../../calls/signalling.ts';
import { FAILURES, type FailureCode, ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { ALLOW, CarrierDialog } from './carrier-dialog.ts';
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

  ring(): void {
    if (!this.#response.finalResponseSent) this.#response.send(180);
  }

  answer(sdp: string): void {
    const options = { localSdp: sdp, headers: { 'Content-Type': 'application/sdp', Allow: ALLOW } };
    this.#srf.createUAS(this.#request, this.#response, options, (error, dialog) => {
      if (dialog) {
        this.#dialog = this.#adopted(dialog);
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

  #adopted(dialog: SrfDialog): CarrierDialog {
    return new CarrierDialog(
      dialog,
      {
        ended: (by, reason) => {
          if (this.#isOver) return;
          if (by === 'far') this.#listener?.ended('caller', 'caller hung up');
          else this.#listener?.ended('system', reason);
          this.#ended();
        },
        digit: (digit) => this.#listener?.digit(digit),
        reoffered: (sdp) => this.#listener?.reoffered(sdp) ?? Promise.reject(new ParleyError('sdp.invalid')),
      },
      this.#log,
    );
  }

  #ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over();
  }
}
