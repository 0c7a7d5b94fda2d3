import type { FrameMeta } from '../frames/to-app.ts';
import type { Source, Target } from '../transport/address.ts';
import type { Core } from './core.ts';

/** A message that came from the network. */
export function fromNetwork(core: Core, source: Source, bytes: number): FrameMeta {
  return {
    source: 'network',
    bytes,
    protocol: source.protocol,
    address: source.address,
    port: source.port,
    atMs: core.clock.now(),
  };
}

/** A failure that we made up in place of an answer: from nowhere. */
export function fromNowhere(core: Core, protocol: string): FrameMeta {
  return { source: 'network', bytes: 0, protocol, address: '', port: 0, atMs: core.clock.now() };
}

/** A request that we sent: our own address over UDP, the peer's over TCP. */
export function requestSent(core: Core, target: Target, bytes: number): FrameMeta {
  const udp = target.protocol === 'udp';
  return {
    source: 'application',
    bytes,
    protocol: target.protocol,
    address: udp ? core.transports.advertisedHost : target.address,
    port: udp ? core.transports.port : target.port,
    atMs: core.clock.now(),
  };
}

/** A response that we sent; Apps are told the protocol of answers to INVITE only. */
export function responseSent(core: Core, source: Source, method: string, bytes: number): FrameMeta {
  return {
    source: 'application',
    bytes,
    protocol: method === 'INVITE' ? source.protocol : '',
    address: source.address,
    port: source.port,
    atMs: core.clock.now(),
  };
}
