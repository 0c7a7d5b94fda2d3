import { getHeader } from '../../src/sip/wire/headers.ts';
import type { SipMessage, SipRequest } from '../../src/sip/wire/message.ts';
import { RtpPhone, type RtpPhoneOptions } from './rtp-phone.ts';
import { PeerCall, type SipPeer, udpPeer } from './sip-peer.ts';

/** How a call of the test phone stands. `refused` holds the final status. */
export type PhoneCallState = 'calling' | 'talking' | 'ended' | 'refused';

/**
 * A SIP phone for tests: real SIP and RTP on sockets of its own. It answers what a phone must answer by itself (BYE,
 * re-INVITE, OPTIONS, repeated 200s), so that a test only says what a person would do.
 */
export class SipPhone {
  readonly audio: RtpPhone;
  readonly #peer: SipPeer;
  #serverPort = 0;
  #call: PeerCall | undefined;
  #state: PhoneCallState = 'ended';
  #status = 0;
  #number = '';
  #waiters: { isMet: () => boolean; resolve: () => void }[] = [];
  #listening = true;

  private constructor(peer: SipPeer, audio: RtpPhone) {
    this.#peer = peer;
    this.audio = audio;
    void this.#answerRequests();
  }

  static async open(options: RtpPhoneOptions = {}): Promise<SipPhone> {
    return new SipPhone(await udpPeer(), await RtpPhone.open(options));
  }

  get state(): PhoneCallState {
    return this.#state;
  }

  /** Status of the final answer to the INVITE; 0 before it. */
  get status(): number {
    return this.#status;
  }

  get sipCallId(): string {
    return this.#call?.callId ?? '';
  }

  /** Calls a number; resolves when the call is answered or refused. */
  async call(serverPort: number, number: string, sdp = this.audio.sdp()): Promise<PhoneCallState> {
    this.#serverPort = serverPort;
    this.#number = number;
    const call = new PeerCall(this.#peer, serverPort);
    this.#call = call;
    this.#state = 'calling';
    call.send('INVITE', { uri: this.#uri(), body: sdp });
    const answer = await this.#peer.next(
      (message) => isFinal(message, call.callId, 'INVITE'),
      'final answer to INVITE',
    );
    if (answer.type !== 'response') throw new Error('not a response');
    this.#status = answer.status;
    call.learn(answer);
    if (answer.status >= 300) {
      call.send('ACK', { uri: this.#uri(), branch: call.lastBranch, body: '' });
      this.#become('refused');
      return this.#state;
    }
    call.send('ACK', { uri: this.#uri(), body: '' });
    this.audio.start(answer.body.toString());
    this.#become('talking');
    return this.#state;
  }

  /** Sends an INVITE and does not wait: for callers who change their mind. */
  ring(serverPort: number, number: string): void {
    void this.call(serverPort, number).catch(() => undefined);
  }

  /** Gives up a call that is not answered yet. */
  cancel(): void {
    this.#call?.send('CANCEL', { uri: this.#uri(), body: '' });
  }

  /** Presses a key as RFC 4733 says. */
  press(digit: string): Promise<void> {
    return this.audio.press(digit);
  }

  /** Offers again inside the call; resolves with the answer's SDP. */
  async offerAgain(direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'): Promise<string> {
    const call = this.#requireCall();
    call.send('INVITE', { uri: this.#uri(), body: this.audio.sdp(direction, call.cseq + 1) });
    const cseq = call.cseq;
    const answer = await this.#peer.next(
      (message) => isFinal(message, call.callId, 'INVITE') && getHeader(message, 'cseq') === `${cseq} INVITE`,
      'answer to the new offer',
    );
    call.send('ACK', { uri: this.#uri(), body: '' });
    return answer.body.toString();
  }

  async hangUp(): Promise<void> {
    const call = this.#requireCall();
    call.send('BYE', { uri: this.#uri(), body: '' });
    await this.#peer.next((message) => isFinal(message, call.callId, 'BYE'), 'answer to BYE');
    this.#become('ended');
  }

  /** Resolves when the other side has hung up (or the call is over anyhow). */
  async ended(): Promise<void> {
    if (this.#state === 'ended' || this.#state === 'refused') return;
    await new Promise<void>((resolve) => this.#waiters.push({ isMet: () => this.#state === 'ended', resolve }));
  }

  async close(): Promise<void> {
    this.#listening = false;
    this.audio.close();
    await this.#peer.close();
  }

  #requireCall(): PeerCall {
    if (!this.#call) throw new Error('the phone has no call');
    return this.#call;
  }

  #uri(): string {
    return `sip:${this.#number}@127.0.0.1:${this.#serverPort}`;
  }

  #become(state: PhoneCallState): void {
    this.#state = state;
    if (state === 'ended') this.audio.stop();
    this.#waiters = this.#waiters.filter(({ isMet, resolve }) => {
      if (!isMet()) return true;
      resolve();
      return false;
    });
  }

  async #answerRequests(): Promise<void> {
    while (this.#listening) {
      const request = await this.#peer
        .next((message) => message.type === 'request' && message.method !== 'ACK', 'request')
        .catch(() => undefined);
      if (request?.type === 'request') this.#answer(request);
    }
  }

  #answer(request: SipRequest): void {
    const isOffer = request.method === 'INVITE' || request.method === 'UPDATE';
    const body = isOffer && request.body.length > 0 ? this.audio.sdp('sendrecv', 99) : '';
    const copied = request.headers.filter(({ key }) => ['via', 'from', 'to', 'call-id', 'cseq'].includes(key));
    const lines = copied.map(({ name, value }) => `${name}: ${value}`);
    if (isOffer) lines.push(`Contact: <sip:alice@127.0.0.1:${this.#peer.port}>`, 'Content-Type: application/sdp');
    const text = ['SIP/2.0 200 OK', ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
    this.#peer.sendText(text, this.#serverPort);
    if (request.method === 'BYE') this.#become('ended');
  }
}

function isFinal(message: SipMessage, callId: string, method: string): boolean {
  if (message.type !== 'response' || message.status < 200 || getHeader(message, 'call-id') !== callId) return false;
  return (getHeader(message, 'cseq') ?? '').endsWith(` ${method}`);
}
