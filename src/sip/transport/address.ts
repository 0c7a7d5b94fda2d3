import { isIP } from 'node:net';

export type Protocol = 'udp' | 'tcp';

/** Something that sends bytes to one peer and knows when it can no more. */
export interface Connection {
  readonly protocol: 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly open: boolean;
  /** Sends in order; `failed` is called once if these bytes could not be handed to the peer. */
  send(bytes: Buffer, failed: SendFailed): void;
}

export type SendFailed = (why: string) => void;

/** Where to send: an IP address and port, and for tcp the connection to prefer while it is open. */
export interface Target {
  protocol: Protocol;
  address: string;
  port: number;
  connection?: Connection;
}

/** Where a message came from, and which of our addresses took it. */
export interface Source {
  protocol: Protocol;
  address: string;
  port: number;
  localAddress: string;
  localPort: number;
  connection?: Connection;
}

/** Only a reliable transport is spared retransmission. */
export function isReliable(protocol: Protocol): boolean {
  return protocol === 'tcp';
}

/** An IP address as it stands in a URI or a Via: IPv6 in brackets. */
export function hostText(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** The address without brackets, as sockets want it. */
export function bareHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
