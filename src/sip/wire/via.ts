import { parseParams } from './address.ts';
import { isToken, splitOutside, trimLws } from './scan.ts';
import { parseHostPort } from './uri.ts';

/** One Via value (RFC 3261 section 20.42). */
export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WS`. */
  transport: string;
  /** Without the brackets of an IPv6 literal. */
  host: string;
  port?: number;
  /** Names in lower case; `rport` without a value is empty. */
  params: Map<string, string>;
}

const PROTOCOL = 'SIP/2.0/';

export function parseVia(value: string): Via | undefined {
  const [head = '', ...params] = splitOutside(value, ';') ?? [];
  // Nearly everybody writes it without the spaces that the grammar has room for.
  const plain = head.startsWith(PROTOCOL) ? head : withoutGaps(head);
  if (plain.slice(0, PROTOCOL.length).toUpperCase() !== PROTOCOL) return undefined;
  const space = plain.search(/[ \t]/);
  const transport = plain.slice(PROTOCOL.length, space);
  if (space < 0 || !isToken(transport)) return undefined;
  const sentBy = parseHostPort(trimLws(plain.slice(space)));
  const read = parseParams(params);
  if (!sentBy || !read) return undefined;
  return { transport: transport.toUpperCase(), ...sentBy, params: read };
}

/** Spaces may stand around the slashes. */
function withoutGaps(head: string): string {
  return head.replace(/[ \t]*\/[ \t]*/g, '/');
}
