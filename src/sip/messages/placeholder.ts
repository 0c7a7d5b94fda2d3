import { tagOf, uriOf } from './tags.ts';

/** Headers in which an App may write `localhost` for "whatever address you send from". */
export const PLACEHOLDER_HEADERS: ReadonlySet<string> = new Set(['from', 'to', 'contact', 'p-asserted-identity']);

/** Puts our own host and port where the App wrote `@localhost`, with its port if it gave one. */
export function fillLocalhost(value: string, hostPort: string): string {
  return value.includes('@localhost') ? value.replace(/@localhost(:\d+)?(?=[;>?\s,]|$)/g, `@${hostPort}`) : value;
}

/** As above, and also for a From of no user: `sip:localhost`. */
export function fillFrom(value: string, hostPort: string): string {
  if (!value.includes('localhost')) return value;
  const uri = uriOf(value);
  const filled = uri.replace(
    /^(sips?:)(?:([^@]*)@)?localhost(:\d+)?(?=[;?]|$)/,
    (_all, scheme: string, user?: string) =>
      user === undefined ? `${scheme}${hostPort}` : `${scheme}${user}@${hostPort}`,
  );
  if (filled === uri) return value;
  const at = value.indexOf(uri);
  return value.slice(0, at) + filled + value.slice(at + uri.length);
}

/** A tag that the App chose, or the one given. */
export function chosenTag(value: string | undefined, otherwise: () => string): string {
  return (value === undefined ? '' : tagOf(value)) || otherwise();
}
