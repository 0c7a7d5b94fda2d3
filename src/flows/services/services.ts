import { z } from 'zod';
import { type FlowError, Mistakes, type Place } from '../language/errors.ts';
import { tellIssues } from '../language/issues.ts';
import { name } from '../language/shapes.ts';
import { type Path, readYaml, type YamlSource } from '../language/source.ts';

/** A part of a header: text as it stands, or a secret from the environment. */
export type HeaderPart = string | { secret: string };

/** Something that flows ask over HTTP; where it lives is bound here and nowhere in a flow. */
export interface Service {
  name: string;
  /** Without a slash at the end. */
  url: string;
  headers: ReadonlyMap<string, readonly HeaderPart[]>;
  /** The secrets its headers name. */
  secrets: readonly string[];
  /** Where its name stands in the file. */
  place: Place;
}

/** What stands before a secret's name in the environment. */
export const SECRET_PREFIX = 'PARLEY_SECRET_';

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Headers that the transport writes itself. */
const OWN_HEADERS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'content-type',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
]);

const shape = z.strictObject({
  version: z.literal(1),
  services: z.record(
    name,
    z.strictObject({
      url: z.string().min(1).max(2_000),
      headers: z.record(z.string(), z.string().min(1).max(2_000)).optional(),
    }),
  ),
});

const KEYS = ['version', 'services', 'url', 'headers'];

export type LoadedServices = { ok: true; services: ReadonlyMap<string, Service> } | { ok: false; errors: FlowError[] };

/** Reads `services.yaml`. All mistakes are told with their places; nothing is thrown. */
export function loadServices(text: string, file: string): LoadedServices {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  if (!source) return { ok: false, errors: mistakes.list() };
  const parsed = shape.safeParse(source.value);
  if (!parsed.success) {
    tellIssues(parsed.error.issues, [], source, mistakes, KEYS);
    return { ok: false, errors: mistakes.list() };
  }
  const services = new Map<string, Service>();
  for (const [service, written] of Object.entries(parsed.data.services)) {
    const path = ['services', service];
    const url = urlOf(written.url, source, [...path, 'url'], mistakes);
    const headers = headersOf(written.headers ?? {}, source, [...path, 'headers'], mistakes);
    const secrets = [...headers.values()].flat().flatMap((part) => (typeof part === 'string' ? [] : [part.secret]));
    services.set(service, { name: service, url, headers, secrets, place: source.keyPlace(path) });
  }
  return mistakes.any ? { ok: false, errors: mistakes.list() } : { ok: true, services };
}

function urlOf(text: string, source: YamlSource, path: Path, mistakes: Mistakes): string {
  const wrong = (sentence: string, hint?: string) => {
    mistakes.add('value.wrong', source.place(path), sentence, hint);
    return '';
  };
  if (/\{\{|\}\}/.test(text))
    return wrong('Nothing is put into the address of a service', 'a secret goes into a header');
  const url = URL.parse(text);
  if (!url) return wrong('This is no address', 'such as https://crm.example/api');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return wrong('A service is asked by https or http');
  if (url.username !== '' || url.password !== '')
    return wrong('No name and password in an address', 'write an authorization header with a secret');
  if (url.search !== '' || url.hash !== '') return wrong('An address ends with its path', 'a flow gives the query');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function headersOf(
  written: Readonly<Record<string, string>>,
  source: YamlSource,
  path: Path,
  mistakes: Mistakes,
): Map<string, HeaderPart[]> {
  const names = Object.keys(written);
  const headers = names.map((header, index) => {
    const at = [...path, header];
    const wrong = wrongHeaderName(header, names.slice(0, index));
    if (wrong !== undefined) mistakes.add('value.wrong', source.keyPlace(at), wrong);
    return [header.toLowerCase(), partsOf(written[header] ?? '', source, at, mistakes)] as const;
  });
  return new Map(headers);
}

/** Why a header cannot be given beside those before it, or undefined. Large and small letters are the same. */
export function wrongHeaderName(header: string, before: readonly string[]): string | undefined {
  if (!HEADER_NAME.test(header)) return `"${header.slice(0, 40)}" cannot be the name of a header`;
  const small = header.toLowerCase();
  if (OWN_HEADERS.has(small)) return `The header ${header} is written by itself`;
  return before.some((other) => other.toLowerCase() === small) ? `The header ${header} is given twice` : undefined;
}

/** Splits `Bearer {{ secret.TOKEN }}`. */
function partsOf(value: string, source: YamlSource, path: Path, mistakes: Mistakes): HeaderPart[] {
  const parts: HeaderPart[] = [];
  let from = 0;
  for (const match of value.matchAll(/\{\{\s*secret\.([A-Z][A-Z0-9_]{0,63})\s*\}\}/g)) {
    if (match.index > from) parts.push(value.slice(from, match.index));
    parts.push({ secret: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < value.length) parts.push(value.slice(from));
  const plain = parts.filter((part) => typeof part === 'string').join('');
  if (/\{\{|\}\}/.test(plain)) {
    const sentence = 'Only secrets are put into the headers of a service';
    mistakes.add('template.wrong', source.place(path), sentence, 'write {{ secret.NAME }}, the name in capitals');
  } else if (!isHeaderText(plain)) mistakes.add('value.wrong', source.place(path), 'A header is one line');
  return parts;
}

/** Whether a header can carry this text. */
export function isHeaderText(text: string): boolean {
  return !hasControls(text) && text.isWellFormed();
}

/** Characters that would end a line. */
export function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return /[\u0000-\u001f\u007f]/.test(text);
}
