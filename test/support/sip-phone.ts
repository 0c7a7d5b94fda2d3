import { getHeader } from '../../src/sip/wire/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../src/sip/wire/message.ts';
import { RtpPhone, type RtpPhoneOptions } from './rtp-phone.ts';
import { answer, PeerCall, type SipPeer, udpPeer } from './sip-peer.ts';

export interface PhoneCallOptions {
  body?: string;
  headers?: string[];
  /** Sends no offer: the other side's comes in the 200, and ours goes into the ACK as the answer. */
  lateOffer?: boolean;
}

/** A whole telephone for tests: real SIP over UDP and real RTP. It calls; the sound is `rtp`'s business. */
export class SipPhone {
  readonly peer: SipPeer;
  readonly rtp: RtpPhone;
  readonly #sipPort: number;
  #call: PeerCall | undefined;
  #target: string | undefined;
  #isLate = false;

  private constructor(peer: SipPeer, rtp: RtpPhone, sipPort: number) {
    this.peer = peer;
    this.rtp = rtp;
    this.#sipPort = sipPort;
  }

  static async open(sipPort: number, options: RtpPhoneOptions = {}): Promise<SipPhone> {
    return new SipPhone(await udpPeer(), await RtpPhone.open(options), sipPort);
  }

  /** The Call-ID of the latest call. */
  get sipCallId(): string {
    return this.call.callId;
  }

  get call(): PeerCall {
    if (!this.#call) throw new Error('no call was made');
    return this.#call;
  }

  /** Sends an INVITE and does nothing else. */
  invite(number: string, options: PhoneCallOptions = {}): void {
    this.#call = new PeerCall(this.peer, this.#sipPort);
    this.#isLate = options.lateOffer === true;
    const body = this.#isLate ? '' : (options.body ?? this.rtp.sdp());
    this.#call.send('INVITE', { uri: this.#uri(number), body, ...(options.headers && { headers: options.headers }) });
  }

  /** Calls and resolves when the other side has answered and sound flows. Rejects with the refusal. */
  async dial(number: string, options: PhoneCallOptions = {}): Promise<void> {
    this.invite(number, options);
    const final = await this.final();
    if (final.status >= 300) throw new Error(`${final.status} ${final.reason}`);
    this.accept(final);
  }

  /** The answer to the INVITE that ends it; a refusal is acknowledged. */
  async final(): Promise<SipResponse> {
    const message = await this.peer.next((m) => isAnswerTo(m, 'INVITE', this.sipCallId), 'final answer');
    if (message.type !== 'response') throw new Error('not a response');
    this.call.learn(message);
    if (message.status >= 300) this.call.ack(true);
    return message;
  }

  /** Acknowledges a 200 and joins its audio. After a late offer the ACK has `answer`. */
  accept(ok: SipResponse, answer = this.rtp.sdp()): void {
    this.#target = /<([^>]+)>/.exec(getHeader(ok, 'contact') ?? '')?.[1];
    this.call.ack(false, this.#isLate ? answer : '');
    this.rtp.start(ok.body.toString());
  }

  cancel(number: string): void {
    const { cseq } = this.call;
    this.call.send('CANCEL', { uri: this.#uri(number), cseq, body: '' });
  }

  /** Hangs up and resolves when the other side has said so. */
  async hangUp(): Promise<void> {
    this.call.send('BYE', { ...this.#inDialog(), body: '' });
    await this.peer.response(200, 'BYE');
  }

  /** Offers anew inside the call, or asks for an offer with an empty body; resolves with the answer, acknowledged with `answer`. */
  async reinvite(body: string, answer = '', headers: string[] = []): Promise<SipResponse> {
    this.call.send('INVITE', { ...this.#inDialog(), body, headers });
    const message = await this.peer.next((m) => isAnswerTo(m, 'INVITE', this.sipCallId), 'answer to a new offer');
    if (message.type !== 'response') throw new Error('not a response');
    this.call.ack(message.status >= 300, answer);
    return message;
  }

  /** A request inside the call, and its answer. */
  async request(method: string, body = '', headers: string[] = []): Promise<SipResponse> {
    this.call.send(method, { ...this.#inDialog(), body, headers });
    const message = await this.peer.next((m) => isAnswerTo(m, method, this.sipCallId), `answer to ${method}`);
    if (message.type !== 'response') throw new Error('not a response');
    return message;
  }

  /** Resolves when the other side hangs up, and agrees. */
  async hungUp(): Promise<SipRequest> {
    const bye = await this.peer.request('BYE');
    this.peer.sendText(answer(bye, 200, 'OK'), this.#sipPort);
    return bye;
  }

  async close(): Promise<void> {
    this.rtp.close();
    await this.peer.close();
  }

  #uri(number: string): string {
    return `sip:${number}@127.0.0.1:${this.#sipPort}`;
  }

  #inDialog(): { uri?: string } {
    return this.#target === undefined ? {} : { uri: this.#target };
  }
}

function isAnswerTo(message: SipMessage, method: string, callId: string): boolean {
  if (message.type !== 'response' || message.status < 200) return false;
  return getHeader(message, 'call-id') === callId && (getHeader(message, 'cseq') ?? '').endsWith(` ${method}`);
}
