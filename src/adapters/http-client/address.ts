/**
 * Where a request goes: `path` below the address of a service, whose origin and own path it never leaves. Undefined when it
 * would, or is not a path. `path` is empty or begins with a slash, and is percent-encoded.
 */
export function addressBelow(
  base: string,
  path: string,
  query: readonly (readonly [name: string, value: string])[],
): URL | undefined {
  if (path !== '' && !path.startsWith('/')) return undefined;
  const root = URL.parse(base);
  const url = URL.parse(base + path);
  if (!root || !url || url.origin !== root.origin || path.includes('//')) return undefined;
  // Whatever the parser has changed (dots taken out, a user split off, a query found) was no plain path.
  const plain = root.pathname.replace(/\/$/, '') + path;
  if (url.pathname !== (plain || '/') || url.username !== '' || url.password !== '') return undefined;
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
}
