import { isToken, splitOutside } from './scan.ts';

/** A From, To, Contact or Route value in its parts (RFC 3261 sections 20.10 and 25.1). */
export interface Address {
  /** Without its quotes and escapes; absent when none was written. */
  displayName?: string;
  uri: string;
  /** Parameters of the header, behind the URI: name in lower case, value as written (empty for a flag). */
  params: Map<string, string>;
}

/** Reads one address value, or undefined if it is none. */
export function parseAddress(value: string): Address | undefined {
  const parts = splitOutside(value.trim(), ';');
  const head = parts?.[0];
  if (!parts || head === undefined) return undefined;
  const params = parseParams(parts.slice(1));
  if (!params) return undefined;
  const open = findBracket(head);
  if (open < 0) {
    // Without brackets a comma or question mark would belong to nobody (RFC 3261 section 20).
    if (head.startsWith('"') || /[\s,?<>]/.test(head) || !hasScheme(head)) return undefined;
    return { uri: head, params };
  }
  if (!head.endsWith('>')) return undefined;
  const uri = head.slice(open + 1, -1);
  if (!hasScheme(uri) || /\s/.test(uri)) return undefined;
  const displayName = readDisplayName(head.slice(0, open).trim());
  if (displayName === undefined) return undefined;
  return displayName === '' ? { uri, params } : { displayName, uri, params };
}

/** Parameters of a header, cut at `;` already; undefined if one is malformed or stands twice (RFC 3261 section 7.3.1), for readers could disagree which counts. */
export function parseParams(parts: readonly string[]): Map<string, string> | undefined {
  const params = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!isToken(name) || params.has(name)) return undefined;
    params.set(name, equals < 0 ? '' : part.slice(equals + 1).trim());
  }
  return params;
}

function findBracket(head: string): number {
  let quoted = false;
  for (let i = 0; i < head.length; i += 1) {
    const ch = head[i];
    if (quoted && ch === '\\') i += 1;
    else if (ch === '"') quoted = !quoted;
    else if (ch === '<' && !quoted) return i;
  }
  return -1;
}

function readDisplayName(text: string): string | undefined {
  if (text === '') return '';
  if (text.startsWith('"')) {
    if (text.length < 2 || !text.endsWith('"')) return undefined;
    return text.slice(1, -1).replace(/\\(.)/gs, '$1');
  }
  // Carriers send names that should have been quoted; only what cannot be told apart is refused.
  return /[",;<>@]/.test(text) ? undefined : text;
}

function hasScheme(uri: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:./.test(uri);
}
