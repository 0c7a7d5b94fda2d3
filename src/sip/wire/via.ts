import { parseParams } from './address.ts';
import { isToken } from './scan.ts';
import { parseHostPort } from './uri.ts';

/** One Via value (RFC 3261 section 20.42). */
export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WS`. */
  transport: string;
  host: string;
  port?: number;
  params: Map<string, string>;
}

export function parseVia(value: string): Via | undefined {
  const [head = '', ...params] = value.split(';').map((part) => part.trim());
  const slash = head.lastIndexOf('/');
  const protocol = head
    .slice(0, slash)
    .replace(/\s*\/\s*/g, '/')
    .trim();
  if (slash < 0 || protocol.toUpperCase() !== 'SIP/2.0') return undefined;
  const words = head.slice(slash + 1).trim();
  const space = words.search(/\s/);
  const transport = words.slice(0, space);
  if (space < 0 || !isToken(transport)) return undefined;
  const sentBy = parseHostPort(
    words
      .slice(space + 1)
      .replace(/\s*:\s*/g, ':')
      .trim(),
  );
  const read = parseParams(params);
  if (!sentBy || !read) return undefined;
  return { transport: transport.toUpperCase(), ...sentBy, params: read };
}

export function formatVia({ transport, host, port, params }: Via): string {
  const place = host.includes(':') ? `[${host}]` : host;
  const tail = [...params].map(([name, value]) => (value === '' ? `;${name}` : `;${name}=${value}`)).join('');
  return `SIP/2.0/${transport} ${place}${port === undefined ? '' : `:${port}`}${tail}`;
}
