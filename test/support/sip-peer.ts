import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { getHeader } from '../../src/sip/wire/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../src/sip/wire/message.ts';
import { parseMessage } from '../../src/sip/wire/parse.ts';
import { StreamFramer } from '../../src/sip/wire/stream.ts';

/** How long a test waits for a message before it says what came instead, in ms. */
const PATIENCE_MS = 15_000;

export interface Heard {
  message: SipMessage;
  /** Where it came from. */
  address: string;
  port: number;
  atMs: number;
}

let counter = 0;
function unique(): string {
  counter += 1;
  return `${process.pid.toString(36)}${counter.toString(36)}${Math.random().toString(36).slice(2, 8)}`;
}

export const SDP = (port = 40_000): string =>
  ['v=0', 'o=peer 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0`, ''].join(
    '\r\n',
  );

/** A phone made of a socket: it sends what a test writes and keeps all that it hears until the test asks for it. */
export abstract class SipPeer {
  readonly heard: Heard[] = [];
  #taken = new Set<Heard>();
  #waiting: { matches: (heard: Heard) => boolean; take: (heard: Heard) => void }[] = [];

  abstract readonly port: number;
  abstract readonly transport: 'UDP' | 'TCP';
  abstract sendText(text: string | Buffer, to: number): void;
  abstract close(): Promise<void>;

  /** The first message not taken yet that matches; rejects with what was heard when none comes. */
  next(matches: (message: SipMessage) => boolean, what = 'message'): Promise<SipMessage> {
    return this.nextHeard((heard) => matches(heard.message), what).then((heard) => heard.message);
  }

  nextHeard(matches: (heard: Heard) => boolean, what = 'message'): Promise<Heard> {
    const known = this.heard.find((heard) => !this.#taken.has(heard) && matches(heard));
    if (known) {
      this.#taken.add(known);
      return Promise.resolve(known);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no ${what}; heard: ${this.heard.map((h) => brief(h.message)).join(' | ')}`));
      }, PATIENCE_MS);
      this.#waiting.push({
        matches,
        take: (heard) => {
          clearTimeout(timer);
          resolve(heard);
        },
      });
    });
  }

  async request(method: string): Promise<SipRequest> {
    const message = await this.next((m) => m.type === 'request' && m.method === method, method);
    if (message.type !== 'request') throw new Error('not a request');
    return message;
  }

  /** The next response with this status, to this method if given. */
  async response(status: number, method?: string): Promise<SipResponse> {
    const message = await this.next(
      (m) =>
        m.type === 'response' &&
        m.status === status &&
        (!method || (getHeader(m, 'cseq') ?? '').endsWith(` ${method}`)),
      `${status} ${method ?? ''}`,
    );
    if (message.type !== 'response') throw new Error('not a response');
    return message;
  }

  /** How many messages of this kind were heard, repeats included. */
  count(matches: (message: SipMessage) => boolean): number {
    return this.heard.filter((heard) => matches(heard.message)).length;
  }

  protected take(message: SipMessage, address: string, port: number): void {
    const heard = { message, address, port, atMs: performance.now() };
    this.heard.push(heard);
    const at = this.#waiting.findIndex((waiter) => waiter.matches(heard));
    if (at < 0) return;
    const [waiter] = this.#waiting.splice(at, 1);
    this.#taken.add(heard);
    waiter?.take(heard);
  }
}

class UdpPeer extends SipPeer {
  readonly transport = 'UDP';
  readonly port: number;
  #socket: Socket;
  #sent: Promise<void> = Promise.resolve();

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (bytes, from) => {
      const result = parseMessage(bytes);
      if (result.ok) this.take(result.message, from.address, from.port);
    });
  }

  sendText(text: string | Buffer, to: number): void {
    this.#sent = new Promise((resolve) => this.#socket.send(text, to, '127.0.0.1', () => resolve()));
  }

  async close(): Promise<void> {
    // A socket that is closed at once takes its last words with it: an ACK, say, and the other side repeats its answer.
    await this.#sent;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

export async function udpPeer(): Promise<SipPeer> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return new UdpPeer(socket);
}

/** A peer over TCP: it listens, and dials when it has something to say to a port it has no connection with. */
class TcpPeer extends SipPeer {
  readonly transport = 'TCP';
  readonly port: number;
  #server: Server;
  #byPort = new Map<number, TcpSocket>();
  #all = new Set<TcpSocket>();

  constructor(server: Server) {
    super();
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#adopt(socket, socket.remotePort ?? 0));
  }

  sendText(text: string | Buffer, to: number): void {
    const known = this.#byPort.get(to);
    (known ?? this.#adopt(connect(to, '127.0.0.1'), to)).write(text);
  }

  get connections(): number {
    return this.#all.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#all) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #adopt(socket: TcpSocket, port: number): TcpSocket {
    const framer = new StreamFramer();
    this.#byPort.set(port, socket);
    this.#all.add(socket);
    socket.on('data', (chunk) => {
      for (const item of framer.push(chunk)) {
        if ('ok' in item && item.ok) this.take(item.message, '127.0.0.1', port);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#all.delete(socket);
      if (this.#byPort.get(port) === socket) this.#byPort.delete(port);
    });
    return socket;
  }
}

export async function tcpPeer(): Promise<SipPeer & { connections: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new TcpPeer(server);
}

export function brief(message: SipMessage): string {
  return message.type === 'request' ? message.method : `${message.status} ${getHeader(message, 'cseq')}`;
}

export interface RequestOptions {
  method: string;
  uri: string;
  callId?: string;
  fromTag?: string;
  toTag?: string;
  cseq?: number;
  branch?: string;
  headers?: string[];
  body?: string;
  contact?: string | null;
}

/** One side of a call as a peer keeps it in mind: enough to write correct requests. */
export class PeerCall {
  readonly callId = `${unique()}@peer`;
  readonly fromTag = unique();
  toTag = '';
  cseq = 0;
  lastBranch = '';
  #peer: SipPeer;
  #server: number;

  constructor(peer: SipPeer, serverPort: number) {
    this.#peer = peer;
    this.#server = serverPort;
  }

  /** Sends a request and returns its text, for sending it again. */
  send(method: string, options: Partial<RequestOptions> = {}): string {
    if (method !== 'ACK' && method !== 'CANCEL' && options.cseq === undefined) this.cseq += 1;
    const text = this.text(method, options);
    this.#peer.sendText(text, this.#server);
    return text;
  }

  text(method: string, options: Partial<RequestOptions> = {}): string {
    const { port, transport } = this.#peer;
    const branch = options.branch ?? (method === 'CANCEL' ? this.lastBranch : `z9hG4bK${unique()}`);
    if (method === 'INVITE') this.lastBranch = branch;
    const body = options.body ?? (method === 'INVITE' ? SDP() : '');
    const tagged = options.toTag ?? (method === 'CANCEL' ? '' : this.toTag);
    return [
      `${method} ${options.uri ?? `sip:bob@127.0.0.1:${this.#server}`} SIP/2.0`,
      `Via: SIP/2.0/${transport} 127.0.0.1:${port};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: "Alice" <sip:alice@127.0.0.1:${port}>;tag=${options.fromTag ?? this.fromTag}`,
      `To: <sip:bob@127.0.0.1:${this.#server}>${tagged ? `;tag=${tagged}` : ''}`,
      `Call-ID: ${options.callId ?? this.callId}`,
      `CSeq: ${options.cseq ?? this.cseq} ${method}`,
      ...(options.contact === null
        ? []
        : [
            `Contact: ${options.contact ?? `<sip:alice@127.0.0.1:${port}${transport === 'TCP' ? ';transport=tcp' : ''}>`}`,
          ]),
      ...(options.headers ?? []),
      ...(body && !(options.headers ?? []).some((line) => /^content-type/i.test(line))
        ? ['Content-Type: application/sdp']
        : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  }

  /** Remembers the server's tag from an answer. */
  learn(response: SipResponse): SipResponse {
    this.toTag = /;tag=([^;]+)/.exec(getHeader(response, 'to') ?? '')?.[1] ?? '';
    return response;
  }

  /** ACK of a 2xx, with the answer if the 2xx had the offer; a failure's ACK has the INVITE's branch. */
  ack(forFailure = false, body = ''): void {
    this.send('ACK', forFailure ? { branch: this.lastBranch, body: '' } : { body });
  }
}

/** An answer to a request that the server sent: the headers that must be copied are copied. */
export function answer(
  request: SipMessage,
  status: number,
  reason: string,
  options: { tag?: string; headers?: string[]; body?: string } = {},
): string {
  const copy = request.headers
    .filter((line) => ['via', 'from', 'call-id', 'cseq', 'record-route'].includes(line.key))
    .map((line) => `${line.name}: ${line.value}`);
  const to = getHeader(request, 'to') ?? '';
  const body = options.body ?? '';
  return [
    `SIP/2.0 ${status} ${reason}`,
    ...copy,
    `To: ${to}${options.tag && !to.includes(';tag=') ? `;tag=${options.tag}` : ''}`,
    ...(options.headers ?? []),
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
