import type { DialListener, DialledLine, DialOrder } from '../../calls/dialler.ts';
import type { Logger } from '../../shared/logger.ts';
import { ALLOW, CarrierDialog } from './carrier-dialog.ts';
import type { Srf, SrfDialog, SrfRequest } from './srf-face.ts';

/** One call that we make: turns what happens to its INVITE and its dialog into the words of `calls/dialler.ts`. */
export class OutgoingCall implements DialledLine {
  readonly #srf: Srf;
  readonly #listener: DialListener;
  readonly #log: Logger;
  readonly #over: () => void;
  #request: SrfRequest | undefined;
  #dialog: CarrierDialog | undefined;
  #isCancelled = false;
  #isOver = false;

  /** `over` is told when neither INVITE nor dialog stand any more. */
  constructor(srf: Srf, listener: DialListener, log: Logger, over: () => void) {
    this.#srf = srf;
    this.#listener = listener;
    this.#log = log;
    this.#over = over;
  }

  get dialogId(): string | undefined {
    return this.#dialog?.id;
  }

  /** `password` is the one of the trunk's credentials. */
  dial({ out, number, callerId, offer }: DialOrder, password: string | undefined): void {
    const { host, port, transport, auth } = out;
    const where = `${host}${port === undefined ? '' : `:${port}`}`;
    const over = transport === 'udp' ? '' : `;transport=${transport}`;
    const uri = `sip:${inUri(number)}@${where}${over}`;
    const caller = inUri(callerId);
    // The server puts its own address in place of "localhost", but no transport: the far end would hang up over UDP.
    const contact = `<sip:${caller}@localhost${over}>`;
    const options = {
      localSdp: offer,
      callingNumber: caller,
      headers: { 'Content-Type': 'application/sdp', Contact: contact, Allow: ALLOW, Supported: 'timer' },
      ...(auth && password !== undefined && { auth: { username: auth.user, password } }),
    };
    try {
      this.#srf.createUAC(
        uri,
        options,
        {
          cbRequest: (error, request) => this.#sent(error, request),
          cbProvisional: ({ status }) => {
            if (status > 100) this.#listener.ringing();
          },
        },
        (error, dialog) => this.#answered(error, dialog),
      );
    } catch (error) {
      // srf throws when it has no connection at the moment. Told later, as every other end of a call is.
      queueMicrotask(() => this.#refused(503, String(error)));
    }
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#sendCancel();
  }

  hangUp(reason: string): void {
    if (!this.#dialog || this.#isOver) return;
    this.#dialog.hangUp(reason);
    this.#ended();
  }

  /** The connection to the SIP server is gone; it takes back what nobody has answered. */
  lost(): void {
    if (this.#dialog) this.#dialog.lost();
    else this.#refused(503, 'SIP server lost');
  }

  #sent(error: unknown, request: SrfRequest | undefined): void {
    if (error || !request || this.#isOver) return;
    this.#request = request;
    this.#listener.sent(request.get('Call-ID') ?? '');
    if (this.#isCancelled) this.#sendCancel();
  }

  #sendCancel(): void {
    if (this.#isOver || this.#dialog) return;
    this.#request?.cancel((error) => {
      if (error) this.#log.info({ reason: String(error) }, 'CANCEL was not sent');
    });
  }

  #answered(error: unknown, dialog: SrfDialog | undefined): void {
    if (!dialog) {
      const { status = 503, reason = String(error) } = (error ?? {}) as { status?: number; reason?: string };
      this.#refused(status, reason);
      return;
    }
    const adopted = new CarrierDialog(dialog, {
      session: this.#listener,
      ended: (by, reason) => {
        if (this.#isOver) return;
        this.#listener.ended(by, by === 'far' ? 'far end hung up' : reason);
        this.#ended();
      },
      log: this.#log,
    });
    if (this.#isOver) {
      adopted.hangUp('too late');
      return;
    }
    this.#dialog = adopted;
    this.#listener.answered(dialog.id, dialog.remote.sdp ?? '');
  }

  #refused(status: number, reason: string): void {
    if (this.#isOver || this.#dialog) return;
    this.#listener.refused(status, reason);
    this.#ended();
  }

  #ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over();
  }
}

/** A number in an address: what means something there is escaped. */
function inUri(number: string): string {
  return number.replace(/[^A-Za-z0-9+*]/g, (sign) => encodeURIComponent(sign));
}
