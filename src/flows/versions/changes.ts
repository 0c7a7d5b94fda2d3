import { ParleyError } from '../../shared/errors.ts';
import { refused } from './publish.ts';
import type { Actor, Canary, FlowVersionStore, PublishedVersion, Standing } from './version-store.ts';

/** Fewer letters of a hash could mean several versions too easily. */
const SHORTEST_HASH = 4;

/** The version that `word` names: `v3`, or the first letters of a hash (the newest one with it). Throws `flow.unknown`. */
export function findVersion(versions: readonly PublishedVersion[], word: string): PublishedVersion {
  const number = /^v(\d{1,9})$/.exec(word)?.[1];
  const isHash = word.length >= SHORTEST_HASH && /^[0-9a-f]+$/.test(word);
  const found = versions.find((one) =>
    number === undefined ? isHash && one.version.startsWith(word) : one.number === Number(number),
  );
  if (found) return found;
  const text = `There is no version ${word.slice(0, 64)}; write v3, or the first letters of its hash`;
  throw new ParleyError('flow.unknown', {}, { text });
}

/** Makes an earlier version live: the one named, or the parent of the present one. Gives the version that is live now. */
export async function rollBack(
  store: FlowVersionStore,
  flow: string,
  word: string | undefined,
  by: Actor,
): Promise<PublishedVersion> {
  const { live, versions } = await look(store, flow);
  const present = versions.find(({ number }) => number === live?.number);
  if (word === undefined && present?.parent === undefined) throw refused(`Nothing was live before ${flow} is live now`);
  const wanted = findVersion(versions, word ?? `v${present?.parent}`);
  if (wanted.number === live?.number) throw refused(`v${wanted.number} of ${flow} is live already`);
  await store.setLive(flow, wanted.number, live?.number, 'flow.rolledBack', by);
  return wanted;
}

export interface CanaryWish {
  percent: number;
  /** `v3`, a hash, `draft`; absent: the newest version when it is not live, else the draft. */
  version?: string | undefined;
}

/** Starts a canary, or changes the running one. Rejects with `flow.refused` for a version that is live. */
export async function startCanary(
  store: FlowVersionStore,
  flow: string,
  { percent, version }: CanaryWish,
  by: Actor,
): Promise<Pick<Canary, 'percent' | 'number'>> {
  if (!Number.isInteger(percent) || percent < 1 || percent > 100) {
    throw new ParleyError('request.invalid', {}, { text: 'A share is a whole number from 1 to 100' });
  }
  const { live, versions } = await look(store, flow);
  if (!live) throw refused(`${flow} has no live version yet: publish it first`);
  const [newest] = versions;
  const usual = newest && newest.number > live.number ? newest : undefined;
  const wanted = version === undefined ? usual : version === 'draft' ? undefined : findVersion(versions, version);
  if (wanted?.version === live.version) throw refused(`v${wanted.number} of ${flow} is what is live`);
  const canary = { percent, ...(wanted && { number: wanted.number }) };
  await store.setCanary(flow, canary, by);
  return canary;
}

export async function stopCanary(store: FlowVersionStore, flow: string, by: Actor): Promise<void> {
  const { canary } = await look(store, flow);
  if (!canary) throw refused(`${flow} has no canary`);
  await store.setCanary(flow, undefined, by);
}

/** Makes the canary's version live. */
export async function promoteCanary(store: FlowVersionStore, flow: string, by: Actor): Promise<PublishedVersion> {
  const { live, canary, versions } = await look(store, flow);
  if (!canary) throw refused(`${flow} has no canary`);
  if (canary.number === undefined) throw refused(`The canary of ${flow} is the draft: publish it to make it live`);
  const wanted = findVersion(versions, `v${canary.number}`);
  await store.setLive(flow, wanted.number, live?.number, 'flow.canaryPromoted', by);
  return wanted;
}

async function look(store: FlowVersionStore, flow: string): Promise<Standing & { versions: PublishedVersion[] }> {
  const versions = await store.list(flow);
  const standings = await store.standings();
  const standing = standings.find((one) => one.flow === flow);
  if (!standing) {
    const text = `There is no published flow ${flow.slice(0, 64)}`;
    throw new ParleyError('flow.unknown', { flow }, { text });
  }
  return { ...standing, versions };
}
