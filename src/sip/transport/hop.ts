import { parseUri } from '../wire/uri.ts';
import type { Protocol } from './address.ts';

/** Where a URI leads: host as written, transport asked for. */
export interface Hop {
  protocol: Protocol;
  /** True when the URI named its transport. */
  chosen: boolean;
  /** Without brackets. */
  host: string;
  port: number;
}

export type HopResult = { ok: true; hop: Hop } | { ok: false; why: 'invalid uri' | 'transport not available' };

const DEFAULT_PORT = 5060;

/** Reads the next hop from a SIP URI (RFC 3263 in small: no NAPTR and no SRV, the port is 5060 unless written). */
export function hopOf(text: string): HopResult {
  const uri = parseUri(text);
  if (!uri || uri.port === 0) return { ok: false, why: 'invalid uri' };
  const transport = uri.params.get('transport')?.toLowerCase();
  if (uri.scheme === 'sips') return { ok: false, why: 'transport not available' };
  if (transport !== undefined && transport !== 'udp' && transport !== 'tcp') {
    return { ok: false, why: 'transport not available' };
  }
  const { host, port = DEFAULT_PORT } = uri;
  return { ok: true, hop: { protocol: transport ?? 'udp', chosen: transport !== undefined, host, port } };
}
