/** A SIP or SIPS URI in its parts (RFC 3261 section 19.1.1). Escapes are kept as written. */
export interface SipUri {
  scheme: 'sip' | 'sips';
  user?: string;
  /** Without the brackets of an IPv6 literal. */
  host: string;
  port?: number;
  params: Map<string, string>;
  /** Behind `?`, as written. */
  headers?: string;
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])$/;
const USER = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/:#]|%[0-9A-Fa-f]{2}|[\u0080-\uffff])*$/;

/** No number with its parameters is as long; the bound also keeps the pattern below quick on hostile input. */
const MAX_TEL_LENGTH = 500;

/** Reads a SIP or SIPS URI, or undefined if it is none. */
export function parseUri(text: string): SipUri | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  const rest = text.slice(colon + 1);
  // A user part may hold `;` and `?`, so the last `@` before the host decides.
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? undefined : rest.slice(0, at);
  if (user !== undefined && (user === '' || !USER.test(user))) return undefined;
  const [beforeHeaders = '', headers] = cut(rest.slice(at + 1), '?');
  const [hostPort = '', ...params] = beforeHeaders.split(';');
  const place = parseHostPort(hostPort);
  if (!place) return undefined;
  const read = new Map<string, string>();
  for (const param of params) {
    const [name = '', value = ''] = cut(param, '=');
    if (name === '' || /[\s<>"]/.test(param)) return undefined;
    read.set(name.toLowerCase(), value);
  }
  return {
    scheme,
    ...(user === undefined ? {} : { user }),
    ...place,
    params: read,
    ...(headers === undefined ? {} : { headers }),
  };
}

const TEL = /^tel:(?:\+[\d\-.()]*\d[\d\-.()]*|[\dA-Fa-f*#\-.()]*[\dA-Fa-f*#][\dA-Fa-f*#\-.()]*)(?:;[^\s<>";]+)*$/i;

/** True for a telephone number as a URI, global or local, with its parameters (RFC 3966 section 3). */
export function isTelUri(text: string): boolean {
  return text.length <= MAX_TEL_LENGTH && TEL.test(text);
}

/** `host`, `host:port`, `[v6]` or `[v6]:port`. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : 0;
  const colon = text.indexOf(':', end);
  const host = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (!HOST.test(host)) return undefined;
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  if (colon < 0) return { host: bare };
  const digits = text.slice(colon + 1).trim();
  const port = Number(digits);
  return /^\d{1,5}$/.test(digits) && port <= 65_535 ? { host: bare, port } : undefined;
}

function cut(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
