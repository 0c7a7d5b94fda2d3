import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';
import type { ParseResult, SipRequest, SipResponse } from '../wire/message.ts';
import { parseMessage } from '../wire/parse.ts';
import { bareHost, hostText, type Protocol, type SendFailed, type Source, type Target } from './address.ts';
import { stampVia } from './received-via.ts';
import { isScanner } from './scanners.ts';
import { TcpTransport } from './tcp.ts';
import type { TcpConnection } from './tcp-connection.ts';
import { UdpTransport } from './udp.ts';

export interface TransportEvents {
  request(request: SipRequest, source: Source, bytes: number): void;
  response(response: SipResponse, source: Source, bytes: number): void;
  /** A request that is refused for its form, with the answer that may be sent. */
  refused(answer: { status: number; reason: string; request: SipRequest }, source: Source): void;
}

export interface TransportOptions {
  host: string;
  /** 0 picks a port that is free for both udp and tcp. */
  port: number;
  /** The address told to others in Via, Contact and From; `host` without it. */
  advertisedHost: string;
  idleMs: number;
  scanners: readonly string[];
  clock: Clock;
  log: Logger;
}

const PORT_ATTEMPTS = 20;

/** Counters for the program's statistics. */
export interface TransportCounts {
  received: number;
  dropped: number;
  tcpConnections: number;
}

/** All sockets of the server behind one door. */
export class Transports {
  readonly port: number;
  readonly advertisedHost: string;
  #udp!: UdpTransport;
  #tcp!: TcpTransport;
  #options: TransportOptions;
  #events: TransportEvents;
  #received = 0;
  #dropped = 0;

  private constructor(options: TransportOptions, port: number, events: TransportEvents) {
    this.#options = options;
    this.port = port;
    this.advertisedHost = options.advertisedHost;
    this.#events = events;
  }

  /** Opens both sockets on one port; rejects with the socket's error when that cannot be. */
  static async start(options: TransportOptions, events: TransportEvents): Promise<Transports> {
    for (let attempt = 1; ; attempt += 1) {
      const early: { self?: Transports } = {};
      const udp = await UdpTransport.listen(options.host, options.port, (bytes, from) =>
        early.self?.readDatagram(bytes, from.address, from.port),
      );
      const self = new Transports(options, udp.port, events);
      try {
        self.#tcp = await TcpTransport.listen({ ...options, port: udp.port, events: self.#connectionEvents() });
      } catch (error) {
        await udp.close();
        if (options.port !== 0 || attempt === PORT_ATTEMPTS) throw error;
        continue;
      }
      self.#udp = udp;
      early.self = self;
      return self;
    }
  }

  get counts(): TransportCounts {
    return { received: this.#received, dropped: this.#dropped, tcpConnections: this.#tcp.openConnections };
  }

  /** `proto/ip:port` of each listener: as others reach it, or as it is bound. */
  hostports(which: 'advertised' | 'bound'): string {
    const host = hostText(which === 'advertised' ? this.advertisedHost : this.#options.host);
    return `tcp/${host}:${this.port},udp/${host}:${this.port}`;
  }

  /** True when host and port are one of our own listening addresses. */
  isOwn(host: string, port: number): boolean {
    const bare = bareHost(host);
    return port === this.port && (bare === this.advertisedHost || bare === this.#options.host);
  }

  send(target: Target, bytes: Buffer, failed: SendFailed): void {
    if (target.protocol === 'udp') this.#udp.send(target.address, target.port, bytes, failed);
    else if (target.connection?.open) target.connection.send(bytes, failed);
    else this.#tcp.send(target.address, target.port, bytes, failed);
  }

  async close(): Promise<void> {
    await Promise.all([this.#udp.close(), this.#tcp.close()]);
  }

  /** Takes one datagram; public for the socket alone. */
  readDatagram(bytes: Buffer, address: string, port: number): void {
    if (isKeepalive(bytes)) return;
    this.#take(parseMessage(bytes), this.#source('udp', address, port), bytes.length);
  }

  #connectionEvents() {
    return {
      message: (result: ParseResult, bytes: number, from: TcpConnection) => {
        const source = this.#source('tcp', from.remoteAddress, from.remotePort);
        this.#take(result, { ...source, connection: from }, bytes);
      },
      breach: (reason: string, from: TcpConnection) => {
        this.#dropped += 1;
        this.#options.log.info({ reason, peer: from.remoteAddress }, 'sip stream cannot be read; connection closed');
      },
      closed: () => undefined,
    };
  }

  #source(protocol: Protocol, address: string, port: number): Source {
    return { protocol, address, port, localAddress: this.advertisedHost, localPort: this.port };
  }

  #take(result: ParseResult, source: Source, bytes: number): void {
    this.#received += 1;
    if (!result.ok) {
      this.#dropped += 1;
      this.#options.log.debug({ reason: result.reason, peer: source.address }, 'sip message refused');
      if (!result.answer || isScanner(result.answer.request, this.#options.scanners)) return;
      stampVia(result.answer.request, source);
      this.#events.refused(result.answer, source);
      return;
    }
    if (result.message.type === 'response') {
      this.#events.response(result.message, source, bytes);
      return;
    }
    if (isScanner(result.message, this.#options.scanners)) {
      this.#dropped += 1;
      return;
    }
    stampVia(result.message, source);
    this.#events.request(result.message, source, bytes);
  }
}

/** CRLF and single zero bytes keep a NAT binding open; they say nothing (RFC 5626 section 3.5.1). */
function isKeepalive(bytes: Buffer): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
