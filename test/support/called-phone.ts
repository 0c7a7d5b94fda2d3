import { getHeader } from '../../src/sip/wire/headers.ts';
import type { SipRequest, SipResponse } from '../../src/sip/wire/message.ts';
import { RtpPhone } from './rtp-phone.ts';
import { answer, type SipPeer, tcpPeer, udpPeer } from './sip-peer.ts';

/** A telephone that is called: real SIP and real RTP. A test says when it rings and how it answers. */
export class CalledPhone {
  readonly peer: SipPeer;
  readonly rtp: RtpPhone;
  #invite: SipRequest | undefined;
  #server = 0;
  readonly #taken = new Set<string>();
  #calls = 0;
  #cseq = 100;

  private constructor(peer: SipPeer, rtp: RtpPhone) {
    this.peer = peer;
    this.rtp = rtp;
  }

  static async open(transport: 'udp' | 'tcp' = 'udp'): Promise<CalledPhone> {
    return new CalledPhone(await (transport === 'udp' ? udpPeer() : tcpPeer()), await RtpPhone.open());
  }

  get invite(): SipRequest {
    if (!this.#invite) throw new Error('nobody has called');
    return this.#invite;
  }

  /** Resolves when it is called; an INVITE that was only repeated is none. */
  async called(): Promise<SipRequest> {
    const { message, port } = await this.peer.nextHeard(
      ({ message: m }) => m.type === 'request' && m.method === 'INVITE' && !this.#taken.has(getHeader(m, 'via') ?? ''),
      'INVITE',
    );
    if (message.type !== 'request') throw new Error('not a request');
    this.#taken.add(getHeader(message, 'via') ?? '');
    this.#calls += 1;
    this.#server = port;
    this.#invite = message;
    return message;
  }

  ring(): void {
    this.reply(180, 'Ringing');
  }

  /** Sends any answer to the INVITE. */
  reply(status: number, reason: string, options: { headers?: string[]; body?: string } = {}): void {
    const headers = [this.#contact, ...(options.headers ?? [])];
    this.#send(answer(this.invite, status, reason, { tag: this.#tag, ...options, headers }));
  }

  /** Answers, and its audio flows. */
  async pickUp(headers: string[] = []): Promise<void> {
    this.reply(200, 'OK', { body: this.rtp.sdp(), headers });
    await this.peer.request('ACK');
    this.rtp.start(this.invite.body.toString());
  }

  /** Turns the call down and waits until that is understood. */
  async refuse(status: number, reason: string, headers: string[] = []): Promise<void> {
    this.reply(status, reason, { headers });
    await this.peer.request('ACK');
  }

  /** Resolves when the caller takes the call back; agrees with 487. */
  async cancelled(): Promise<void> {
    this.#send(answer(await this.peer.request('CANCEL'), 200, 'OK'));
    await this.refuse(487, 'Request Terminated');
  }

  /** Hangs up and resolves when the other side has said so. */
  async hangUp(): Promise<void> {
    await this.request('BYE');
  }

  /** A request inside the call, and its final answer; an answer to an INVITE is acknowledged. */
  async request(method: string, body = '', type = 'application/sdp'): Promise<SipResponse> {
    this.#cseq += 1;
    const cseq = `${this.#cseq} ${method}`;
    const branch = `z9hG4bK${this.#tag}${this.#cseq}`;
    this.#inDialog(method, cseq, branch, body, type);
    const message = await this.peer.next(
      (m) => m.type === 'response' && m.status >= 200 && getHeader(m, 'cseq') === cseq,
      `answer to ${method}`,
    );
    if (message.type !== 'response') throw new Error('not a response');
    if (method === 'INVITE') this.#inDialog('ACK', `${this.#cseq} ACK`, message.status < 300 ? `${branch}a` : branch);
    return message;
  }

  /** Asks for an offer inside the call; its ACK has `answer`. */
  async reinviteLate(answer: string): Promise<SipResponse> {
    this.#cseq += 1;
    const branch = `z9hG4bK${this.#tag}${this.#cseq}`;
    this.#inDialog('INVITE', `${this.#cseq} INVITE`, branch);
    const ok = await this.peer.response(200, 'INVITE');
    this.#inDialog('ACK', `${this.#cseq} ACK`, `${branch}a`, answer);
    return ok;
  }

  /** Resolves when the other side hangs up, and agrees. */
  async hungUp(): Promise<void> {
    this.#send(answer(await this.peer.request('BYE'), 200, 'OK'));
  }

  async close(): Promise<void> {
    this.rtp.close();
    await this.peer.close();
  }

  get #contact(): string {
    const { port, transport } = this.peer;
    return `Contact: <sip:bob@127.0.0.1:${port}${transport === 'TCP' ? ';transport=tcp' : ''}>`;
  }

  get #tag(): string {
    return `called${this.peer.port}x${this.#calls}`;
  }

  #inDialog(method: string, cseq: string, branch: string, body = '', type = 'application/sdp'): void {
    const invite = this.invite;
    const target = /<([^>]+)>/.exec(getHeader(invite, 'contact') ?? '')?.[1] ?? '';
    const lines = [
      `${method} ${target} SIP/2.0`,
      `Via: SIP/2.0/${this.peer.transport} 127.0.0.1:${this.peer.port};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: ${getHeader(invite, 'to')};tag=${this.#tag}`,
      `To: ${getHeader(invite, 'from')}`,
      `Call-ID: ${getHeader(invite, 'call-id')}`,
      `CSeq: ${cseq}`,
      this.#contact,
      ...(body === '' ? [] : [`Content-Type: ${type}`]),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#send(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  #send(text: string): void {
    this.peer.sendText(text, this.#server);
  }
}
