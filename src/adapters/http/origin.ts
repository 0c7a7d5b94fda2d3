import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request that changes something, or opens a socket, comes from a page of another site. Browsers always name
 * the page's origin on such requests; a client that names none is a program, which no foreign page can drive.
 */
export function isForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  if (headers.origin === undefined) return false;
  if (!URL.canParse(headers.origin)) return true;
  const { protocol, host } = new URL(headers.origin);
  return !/^https?:$/.test(protocol) || host !== headers.host?.toLowerCase();
}
