/**
 * Every key that Parley has in Redis. The part in braces keeps the keys of one script in one slot of a cluster; `site` keeps
 * several sites on one Redis apart.
 */
export function claimKeys(site: string): [claims: string, calls: string, agents: string, ends: string] {
  const base = `{parley:${site}:claims}`;
  return [`${base}:held`, `${base}:calls`, `${base}:agents`, `${base}:ends`];
}
