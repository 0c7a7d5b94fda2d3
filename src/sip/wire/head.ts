import { nameHeader } from './headers.ts';
import type { HeaderLine } from './message.ts';
import { isToken, splitOutside, trimLws } from './scan.ts';

/** Everything before the body: start line and header lines, nothing judged but their form. */
export interface Head {
  startLine: string;
  headers: HeaderLine[];
  /** The first thing wrong with a header line, if any; the lines that could be read are still there. */
  fault?: string;
}

/** Lists that routing reads value by value. */
const SPLIT = new Set(['via', 'route', 'record-route']);

/**
 * Where the head ends and the body begins, or undefined while the empty line is not there. Bare line feeds are taken for line ends too:
 * some devices send them, and nothing else could be meant.
 */
export function findHeadEnd(bytes: Buffer, from = 0): { headEnd: number; bodyStart: number } | undefined {
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return { headEnd: at, bodyStart: at + 2 };
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return { headEnd: at, bodyStart: at + 3 };
  }
  return undefined;
}

/** Reads a head, folded lines unfolded and compact names expanded (RFC 3261 sections 7.3.1 and 7.3.3). */
export function readHead(bytes: Buffer): Head {
  const lines = bytes.toString('utf8').split('\n');
  const startLine = withoutCr(lines[0] ?? '');
  const headers: HeaderLine[] = [];
  let fault: string | undefined;
  for (let i = 1; i < lines.length; i += 1) {
    let line = withoutCr(lines[i] ?? '');
    while (isFolded(lines[i + 1])) {
      i += 1;
      line = `${trimLws(line)} ${trimLws(withoutCr(lines[i] ?? ''))}`;
    }
    if (line === '') continue;
    fault ??= readLine(line, headers);
  }
  return fault === undefined ? { startLine, headers } : { startLine, headers, fault };
}

function readLine(line: string, headers: HeaderLine[]): string | undefined {
  const colon = line.indexOf(':');
  const written = line.slice(0, Math.max(0, colon)).trimEnd();
  if (!isToken(written)) return 'header line without a name';
  const { name, key } = nameHeader(written);
  const value = trimLws(line.slice(colon + 1));
  if (hasControl(value)) return 'control character in a header';
  if (!SPLIT.has(key) || value.indexOf(',') < 0) {
    headers.push({ name, key, value });
    return undefined;
  }
  const parts = splitOutside(value, ',');
  if (!parts) return `unbalanced ${name}`;
  for (const part of parts) headers.push({ name, key, value: part });
  return undefined;
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function isFolded(line: string | undefined): boolean {
  const first = line?.charCodeAt(0);
  return first === 32 || first === 9;
}

/** Control characters have no place in a value, but that a quoted string may hold them escaped (RFC 3261 section 25.1), a lone CR never. */
function hasControl(value: string): boolean {
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code >= 32 && code !== 127) continue;
    if (code !== 9 && (code === 13 || value[i - 1] !== '\\')) return true;
  }
  return false;
}
