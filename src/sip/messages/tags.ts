import { splitOutside } from '../wire/scan.ts';

/**
 * Tags of From and To values, and the URI inside an address value (RFC 3261 sections 20.10 and 20.20). Values are kept
 * as they were written; only the tag is read, added or taken away.
 */

/** Where the header's own parameters begin: behind `>`, or at the first `;` of a bare address. */
function paramsStart(value: string): number {
  let quoted = false;
  for (let i = 0; i < value.length; i += 1) {
    const ch = value[i];
    if (ch === '\\' && quoted) i += 1;
    else if (ch === '"') quoted = !quoted;
    else if (ch === '>' && !quoted) return i + 1;
  }
  const semicolon = value.indexOf(';');
  return semicolon < 0 ? value.length : semicolon;
}

/** The tag, or an empty string. */
export function tagOf(value: string): string {
  for (const part of splitOutside(value.slice(paramsStart(value)), ';') ?? []) {
    if (isTag(part)) return part.slice(part.indexOf('=') + 1).trim();
  }
  return '';
}

export function withoutTag(value: string): string {
  const start = paramsStart(value);
  const kept = (splitOutside(value.slice(start), ';') ?? []).filter((part) => part !== '' && !isTag(part));
  return [value.slice(0, start).trimEnd(), ...kept].join(';');
}

function isTag(part: string): boolean {
  const equals = part.indexOf('=');
  return equals > 0 && part.slice(0, equals).trim().toLowerCase() === 'tag';
}

export function withTag(value: string, tag: string): string {
  return tag === '' ? value : `${withoutTag(value)};tag=${tag}`;
}

/** The URI of an address value, without brackets, display name or header parameters. */
export function uriOf(value: string): string {
  const end = paramsStart(value);
  const open = value.lastIndexOf('<', end);
  if (open >= 0 && value[end - 1] === '>') return value.slice(open + 1, end - 1).trim();
  return value.slice(0, end).trim();
}

/** Puts brackets around a bare URI, so that parameters that follow belong to the header. */
export function bracketed(value: string): string {
  const end = paramsStart(value);
  if (value[end - 1] === '>') return value;
  return `<${value.slice(0, end).trim()}>${value.slice(end)}`;
}
