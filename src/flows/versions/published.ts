import { ParleyError } from '../../shared/errors.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Flow } from '../language/flow.ts';
import { type FlowBundle, openBundle } from './bundle.ts';
import { findVersion } from './changes.ts';
import type { FlowVersionStore } from './version-store.ts';

/** The bundle of the version that `word` names: `live`, `v3`, a hash. Rejects with `flow.unknown`. */
export async function publishedBundle(
  store: FlowVersionStore,
  flow: string,
  word: string,
): Promise<{ version: string; bundle: FlowBundle }> {
  const { version } = word === 'live' ? await liveOf(store, flow) : findVersion(await store.list(flow), word);
  const bundle = await store.bundle(version);
  if (!bundle) throw unknown(`The text of ${word} of ${flow} is not in the store`);
  return { version, bundle };
}

/** That version, bound to these calendars; without them it can only be looked at. Rejects with `flow.unknown`. */
export async function publishedFlow(
  store: FlowVersionStore,
  flow: string,
  word: string,
  calendars: ReadonlyMap<string, Calendar> = new Map(),
): Promise<Flow> {
  const { version, bundle } = await publishedBundle(store, flow, word);
  const opened = openBundle(bundle, version, calendars);
  if (!opened.ok) throw unknown(`${word} of ${flow} cannot be loaded: ${opened.why}`);
  return opened.flow;
}

async function liveOf(store: FlowVersionStore, flow: string): Promise<{ version: string }> {
  const live = (await store.standings()).find((standing) => standing.flow === flow)?.live;
  if (!live) throw unknown(`No version of ${flow.slice(0, 64)} is live`);
  return live;
}

function unknown(text: string): ParleyError {
  return new ParleyError('flow.unknown', {}, { text });
}
