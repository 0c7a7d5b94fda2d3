import { isIP } from 'node:net';
import { bareHost, type Protocol } from './address.ts';

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
export function hopOf(uri: string): HopResult {
  const scheme = /^sips?:/i.exec(uri)?.[0].toLowerCase();
  if (scheme === undefined) return { ok: false, why: 'invalid uri' };
  const rest = uri.slice(scheme.length).split('?')[0] ?? '';
  const afterUser = rest.slice(rest.lastIndexOf('@') + 1);
  const [hostPort = '', ...params] = afterUser.split(';');
  const place = hostAndPort(hostPort);
  if (!place) return { ok: false, why: 'invalid uri' };
  const transport = params
    .map((param) => param.trim().toLowerCase())
    .find((param) => param.startsWith('transport='))
    ?.slice('transport='.length);
  if (scheme === 'sips:') return { ok: false, why: 'transport not available' };
  if (transport !== undefined && transport !== 'udp' && transport !== 'tcp') {
    return { ok: false, why: 'transport not available' };
  }
  return {
    ok: true,
    hop: { protocol: transport ?? 'udp', chosen: transport !== undefined, host: place.host, port: place.port },
  };
}

/** Reads `host`, `host:port`, `[v6]` and `[v6]:port`; undefined when it is none of them. */
function hostAndPort(text: string): { host: string; port: number } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(text.trim());
  if (!match?.[1]) return undefined;
  const host = bareHost(match[1]);
  if (match[1].startsWith('[') && isIP(host) !== 6) return undefined;
  const port = match[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
