import { join } from 'node:path';
import { openSpeech } from './adapters/espeak/speech.ts';
import { openFlowFolder } from './adapters/files/flow-folder.ts';
import type { MakeAudio } from './calls/caller-audio.ts';
import { waitingMusic } from './calls/music.ts';
import type { Settings } from './config/config.ts';
import { type AudioItem, toAudio } from './flows/audio.ts';
import { printFinding } from './flows/check/finding.ts';
import type { FlowFolder } from './flows/folder.ts';
import { printFlowError } from './flows/language/errors.ts';
import type { Flow } from './flows/language/flow.ts';
import { FlowLibrary } from './flows/library.ts';
import { Rendering } from './flows/rendering.ts';
import { LiveFlows } from './flows/versions/live-flows.ts';
import type { FlowVersionStore } from './flows/versions/version-store.ts';
import type { PromptStore, SpeechRequest, Voice } from './flows/voice.ts';
import { PLACES_AHEAD, placeWords } from './queues/announcements.ts';
import type { Logger } from './shared/logger.ts';
import type { Clock } from './shared/time.ts';

/** Everything that callers hear and that is not a person. */
export interface Speech {
  voice: Voice;
  prompts: PromptStore;
  makeAudio: MakeAudio;
  music: AudioItem[];
}

export async function prepareSpeech({ PARLEY_DATA_DIR, PARLEY_FLOWS_DIR }: Settings): Promise<Speech> {
  const promptsDir = join(PARLEY_FLOWS_DIR, 'prompts');
  const { cache, voice, prompts } = openSpeech({ dataDir: PARLEY_DATA_DIR, promptsDir });
  const { hash } = await cache.put(waitingMusic());
  return {
    voice,
    prompts,
    makeAudio: (items) => toAudio(items, voice, prompts),
    music: [{ type: 'prompt', hash }],
  };
}

/** What the flows need of the rest of the app. */
interface FlowsDeps {
  settings: Settings;
  speech: Speech;
  store: FlowVersionStore;
  /** The flows that numbers lead to, in the order of the numbers. */
  answering: readonly string[];
  /** Everything started says here how it is stopped. */
  started: AsyncDisposableStack;
  clock: Clock;
  log: Logger;
}

export interface AppFlows {
  folder: FlowFolder;
  /** The flows as they stand in the folder. */
  library: FlowLibrary;
  /** The flows as callers get them. */
  live: LiveFlows;
}

/** The flows, rendered as far as callers may soon need it; what they may hear of their place in line is rendered along the way. */
export async function openFlows({
  settings,
  speech,
  store,
  answering,
  started,
  clock,
  log,
}: FlowsDeps): Promise<AppFlows> {
  const { voice, prompts } = speech;
  const rendering = new Rendering({
    voice,
    prompts,
    failed: (flow, what, err) => log.error({ flow, what, err }, 'prompt was not rendered'),
  });
  started.defer(() => rendering.close());
  const prepare = (flow: Flow): Promise<void> => rendering.prepare(flow);
  const folder = openFlowFolder(settings.PARLEY_FLOWS_DIR);
  const library = new FlowLibrary({ folder, clock, prepare });
  library.on('loaded', (flow) => {
    log.info({ flow: flow.name, version: flow.version }, 'flow loaded');
    rendering.inGoodTime(placesOf(flow));
  });
  library.on('broken', (_file, errors) => {
    for (const error of errors) log.error({ mistake: printFlowError(error) }, 'flow has a mistake');
  });
  library.on('doubtful', (_file, findings) => {
    for (const finding of findings) log.warn({ finding: printFinding(finding) }, 'flow looks wrong');
  });
  library.on('removed', (name) => log.warn({ flow: name }, 'flow is gone'));
  library.on('failed', (error) => log.error({ err: error }, 'flows could not be read'));
  started.defer(() => library.close());
  await library.open();

  const live = new LiveFlows({ library, store, clock, prepare });
  live.on('live', (flow, number) => {
    log.info({ flow: flow.name, number, version: flow.version }, 'flow version is live');
    rendering.inGoodTime(placesOf(flow));
  });
  live.on('broken', (what) => log.error(what, 'a published flow cannot be used as it is'));
  live.on('failed', (error) => log.warn({ err: error }, 'published flows could not be looked at: what is live stays'));
  started.defer(() => live.close());
  await live.open();
  await rendering.start(answering);
  return { folder, library, live };
}

function placesOf(flow: Flow): SpeechRequest[] {
  if (flow.references.queues.size === 0) return [];
  const places = Array.from({ length: PLACES_AHEAD }, (_, index) => index + 1);
  return flow.languages.flatMap((language) => places.map((place) => placeWords(place, language)));
}
