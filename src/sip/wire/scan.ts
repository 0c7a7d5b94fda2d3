/** Characters as RFC 3261 section 25.1 groups them, and the walks over values that respect quotes and brackets. */

const TOKEN = new Uint8Array(128);
for (const ch of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~")
  TOKEN[ch.charCodeAt(0)] = 1;

export function isToken(text: string): boolean {
  if (text === '') return false;
  for (let i = 0; i < text.length; i += 1) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return true;
}

export function isDigits(text: string): boolean {
  if (text === '') return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 60;
const CLOSE = 62;

/** Cuts a list at `separator` where it stands outside quotes and angle brackets; undefined if a quote or bracket stays open. */
export function splitOutside(value: string, separator: ',' | ';'): string[] | undefined {
  const cutAt = separator.charCodeAt(0);
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let bracketed = false;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) {
      quoted = !bracketed;
    } else if (code === OPEN || code === CLOSE) {
      if (bracketed === (code === OPEN)) return undefined;
      bracketed = !bracketed;
    } else if (code === cutAt && !bracketed) {
      parts.push(trimLws(value.slice(start, i)));
      start = i + 1;
    }
  }
  if (quoted || bracketed) return undefined;
  parts.push(trimLws(value.slice(start)));
  return parts;
}

/** Without the spaces and tabs around it. SIP knows no other white space; a value may begin with a byte order mark or a wide space. */
export function trimLws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isLws(text.charCodeAt(start))) start += 1;
  while (end > start && isLws(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isLws(code: number): boolean {
  return code === 32 || code === 9;
}
