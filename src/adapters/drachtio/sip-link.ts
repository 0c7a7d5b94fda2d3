import type { DialListener, DialledLine, Dialler, DialOrder } from '../../calls/dialler.ts';
import type { IncomingCall } from '../../calls/signalling.ts';
import { SECRET_PREFIX } from '../../flows/services/services.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';
import { ALLOW } from './carrier-dialog.ts';
import { CarrierSignalling } from './carrier-signalling.ts';
import { OutgoingCall } from './dialled-line.ts';
import { Heartbeat } from './heartbeat.ts';
import { readInvite } from './read-invite.ts';
import { tooShort } from './session-timer.ts';
import { makeSrf, ping, type Srf, type SrfRequest, type SrfResponse } from './srf-face.ts';

export interface SipLinkOptions {
  /** Where the SIP server takes apps: ours, or a drachtio-server. */
  host: string;
  port: number;
  secret: string;
  /** Where the passwords of trunks are; the environment of the program. */
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
  clock: Clock;
}

const CONNECT_WITHIN_MS = 15_000;
const LONGEST_PAUSE_MS = 5_000;
/** How long a BYE may wait for its answer, in ms: RFC 3261, timer F, and a little. */
const BYE_WITHIN_MS = 35_000;

/** The app's line to the SIP server. It is mended behind the scenes when it breaks. */
export class SipLink implements Dialler {
  readonly #options: SipLinkOptions;
  readonly #srf: Srf = makeSrf();
  readonly #heartbeat: Heartbeat;
  readonly #live = new Set<CarrierSignalling | OutgoingCall>();
  /** Dialogs of a connection that was lost, to be hung up over the next one. */
  #orphans: string[] = [];
  #isConnected = false;
  #isClosed = false;

  constructor(options: SipLinkOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat({
      ask: (answered) => ping(this.#srf, answered),
      changed: (isAlive) => {
        if (isAlive) options.log.warn('the SIP server is awake again');
        else options.log.error('the SIP server gives no sign of life');
      },
      clock: options.clock,
    });
  }

  /** Whether calls can come and go at this moment. */
  get isConnected(): boolean {
    return this.#isConnected && this.#heartbeat.isAlive;
  }

  /** Connects; calls that come from then on go to `incoming`. Rejects with `trunk.unreachable` when the server cannot be had. */
  open(incoming: (call: IncomingCall) => void): Promise<void> {
    const { host, port, secret, clock, log } = this.#options;
    this.#srf.on('error', (error) => log.debug({ error: String(error) }, 'SIP connection failed'));
    this.#srf.on('close', () => this.#lost());
    this.#srf.invite((request, response) => this.#invited(request, response, incoming));
    this.#answerTheRest();
    return new Promise((resolve, reject) => {
      const cancel = clock.after(CONNECT_WITHIN_MS, () => {
        reject(new ParleyError('trunk.unreachable', {}, { text: 'The SIP server does not answer' }));
      });
      this.#srf.on('connect', (error) => {
        cancel();
        if (error) reject(new ParleyError('trunk.unreachable', {}, { text: 'The SIP server refused the secret' }));
        else resolve();
        if (!error) this.#connected();
      });
      this.#srf.connect({ host, port, secret, reconnect: { retryMaxDelay: LONGEST_PAUSE_MS } });
    });
  }

  dial(order: DialOrder, listener: DialListener): DialledLine {
    const { log, environment } = this.#options;
    const call = new OutgoingCall(this.#srf, listener, log, () => this.#live.delete(call));
    this.#live.add(call);
    const secret = order.out.auth?.secret;
    const password = secret === undefined ? undefined : environment[`${SECRET_PREFIX}${secret}`];
    if (secret !== undefined && password === undefined) log.error({ secret }, 'the password of a trunk is not set');
    call.dial(order, password);
    return call;
  }

  /**
   * Hangs up a dialog that an earlier run of the app left behind: ours and a drachtio-server both take a BYE from any app
   * that knows the dialog's id. Resolves with whether the far end was told.
   */
  hangUpOrphan(dialogId: string, reason: string): Promise<boolean> {
    const { clock, log } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.after(BYE_WITHIN_MS, () => resolve(false));
      const done = (told: boolean): void => {
        cancel();
        resolve(told);
      };
      const headers = { Reason: `Q.850;cause=41;text="${reason}"` };
      try {
        this.#srf.request('sip:placeholder', { method: 'BYE', stackDialogId: dialogId, headers }, (error, bye) => {
          if (!bye) log.info({ dialogId, reason: String(error) }, 'orphaned dialog was not hung up');
          if (!bye) done(false);
          else bye.on('response', ({ status }) => done(status < 300 || status === 481));
        });
      } catch (error) {
        // srf throws when it has no connection at the moment.
        log.info({ dialogId, reason: String(error) }, 'orphaned dialog was not hung up');
        done(false);
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#heartbeat.stop();
    if (this.#isConnected) this.#srf.disconnect();
    this.#isConnected = false;
  }

  #connected(): void {
    this.#isConnected = true;
    this.#heartbeat.start();
    for (const dialogId of this.#orphans.splice(0)) void this.hangUpOrphan(dialogId, 'connection lost');
  }

  #lost(): void {
    if (this.#isClosed || !this.#isConnected) return;
    this.#isConnected = false;
    this.#heartbeat.stop();
    this.#options.log.error({ calls: this.#live.size }, 'connection to the SIP server lost');
    for (const signalling of [...this.#live]) {
      if (signalling.dialogId !== undefined) this.#orphans.push(signalling.dialogId);
      signalling.lost();
    }
  }

  #invited(request: SrfRequest, response: SrfResponse, incoming: (call: IncomingCall) => void): void {
    const { log } = this.#options;
    try {
      const facts = readInvite(request);
      const wanted = tooShort(request);
      if (wanted) {
        // The caller comes again at once with a longer interval: not a call yet, and no record.
        log.info({ sipCallId: facts.sipCallId }, 'session interval too short');
        response.send(422, { headers: wanted });
        return;
      }
      const signalling = new CarrierSignalling(
        this.#srf,
        request,
        response,
        log.child({ sipCallId: facts.sipCallId }),
        () => this.#live.delete(signalling),
      );
      this.#live.add(signalling);
      incoming({ ...facts, signalling });
    } catch (error) {
      log.error({ err: error, sipCallId: request.get('Call-ID') }, 'bug: an INVITE could not be taken');
      if (!response.finalResponseSent) response.send(500);
    }
  }

  /** What is asked outside a call: a sign of life is given, everything else is not for us. */
  #answerTheRest(): void {
    this.#srf.options((_request, response) => {
      response.send(200, {
        headers: { Allow: ALLOW, Supported: 'timer', Accept: 'application/sdp, application/dtmf-relay' },
      });
    });
    for (const method of ['register', 'subscribe', 'message', 'publish', 'refer', 'info']) {
      this.#srf.use(method, (_request, response) => response.send(405, { headers: { Allow: ALLOW } }));
    }
  }
}
