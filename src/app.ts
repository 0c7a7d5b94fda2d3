import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SipLink } from './adapters/drachtio/sip-link.ts';
import { EspeakVoice } from './adapters/espeak/voice.ts';
import { fluentTranscoder } from './adapters/ffmpeg/fluent-transcoder.ts';
import { openFlowFolder } from './adapters/files/flow-folder.ts';
import { folderAudioStore } from './adapters/files/folder-audio-store.ts';
import { LiveFiles } from './adapters/files/live-files.ts';
import { startHttpServer } from './adapters/http/server.ts';
import { MediaClient } from './adapters/media/client.ts';
import { MemoryClaimStore } from './adapters/memory/claim-store.ts';
import { PromptCache } from './adapters/prompts/prompt-cache.ts';
import { PromptFiles } from './adapters/prompts/prompt-files.ts';
import { openRecords } from './adapters/records/open.ts';
import { RedisClaimStore } from './adapters/redis/claim-store.ts';
import { connectRedis } from './adapters/redis/client.ts';
import type { AppOptions } from './app-options.ts';
import { type CallCentre, makeCallCentre } from './call-centre.ts';
import type { MakeAudio } from './calls/caller-audio.ts';
import { finishLeftBehind } from './calls/left-behind.ts';
import { waitingMusic } from './calls/music.ts';
import { loadNumbers, type NumberRoute } from './calls/numbers.ts';
import { loadTrunks, type Trunk } from './calls/trunks.ts';
import type { Settings } from './config/config.ts';
import { type AudioItem, prepareAudio, toAudio } from './flows/audio.ts';
import { printFlowError } from './flows/language/errors.ts';
import { FlowLibrary } from './flows/library.ts';
import { PLACES_AHEAD, placeWords } from './queues/announcements.ts';
import type { ClaimStore } from './queues/claim-store.ts';
import { loadQueue, type QueueSettings } from './queues/queue-settings.ts';
import { recoverRecordings } from './recordings/recover-recordings.ts';
import { startTranscoding } from './recordings/transcode-job.ts';
import type { Logger } from './shared/logger.ts';
import { type Clock, systemClock } from './shared/time.ts';
import { createLogInThrottle } from './users/login-throttle.ts';
import { type SeededAccount, seedAccounts } from './users/seed-accounts.ts';

export interface App {
  httpPort: number;
  /** Accounts made at this start, with their passwords. */
  seeded: SeededAccount[];
  /** Takes no more calls, lets those that run end for a while, then stops everything in reverse order. */
  close(): Promise<void>;
}

/** How long calls may go on after the app was asked to stop, in ms. */
const DRAIN_MS = 10_000;
/** How long people of calls that an earlier run left behind may go on hearing each other, in ms. */
const LEFT_BEHIND_MS = 3_000;
/** How long an agent's page may take to come back to the audio it had before a restart, in ms. */
const STANDING_MS = 60_000;
const MAX_CALLS = 2_000;

/** Builds the app. It reads from top to bottom in the order of starting; stopping is the reverse. */
export async function startApp(options: AppOptions, log: Logger, clock: Clock = systemClock): Promise<App> {
  const { settings } = options;
  await using started = new AsyncDisposableStack();

  const media = new MediaClient({ ...options.media, client: `app-${process.pid}`, log, clock });
  started.defer(() => media.close());
  await media.connect();

  const records = await openRecords(settings, log, { clock });
  started.defer(() => records.close());
  const seeded = await seedAccounts(
    records.accounts,
    settings.PARLEY_SEED_PASSWORD === undefined ? {} : { password: settings.PARLEY_SEED_PASSWORD },
  );

  const speech = await prepareSpeech(settings);
  const { numbers, trunks, queues } = await openSettings(settings, started, clock, log);
  const library = await openLibrary(settings, speech, started, clock, log);
  const claims = await openClaims(settings, started, clock, log);

  const centre = makeCallCentre({
    media,
    journal: records.journal,
    claims,
    queueSettings: (queue) => [...queues.values().values()].find((one) => one.queue === queue),
    makeAudio: speech.makeAudio,
    music: () => speech.music,
    numbers: () => numbers.values().get('numbers.yaml') ?? new Map(),
    trunks: () => trunks.values().get('trunks.yaml') ?? [],
    hold: (flow) => library.hold(flow),
    maxCalls: MAX_CALLS,
    clock,
    log,
  });

  const inventory = await media.order({ order: 'inventory' });
  const unfinished = await records.callRecords.unfinished();
  centre.roster.keepStanding(
    inventory.endpoints.filter(({ kind }) => kind === 'webrtc').map(({ endpointId }) => endpointId),
  );
  const stillRecording = new Set(inventory.recordings.map(({ recordingId }) => recordingId));
  const { PARLEY_RECORDINGS_DIR: recordingsDir } = settings;
  await recoverRecordings({
    inventory: records.recordingCatalogue,
    journal: records.journal,
    recordingsDir,
    stillRecording,
    clock,
    log,
  });
  const audio = folderAudioStore(recordingsDir);
  const transcoding = await startTranscoding({
    jobs: records.transcodeJobs,
    audio,
    transcoder: fluentTranscoder(),
    recordingsDir,
    scratchDir: join(settings.PARLEY_DATA_DIR, 'transcoding'),
    clock,
    log,
  });
  started.defer(() => transcoding.close());

  const sip = new SipLink({ ...options.sip, log, clock });
  started.defer(() => sip.close());
  await sip.open((call) => centre.intake.incoming(call));

  const http = await startHttpServer({
    host: settings.PARLEY_HOST,
    port: settings.PARLEY_HTTP_PORT,
    accounts: records.accounts,
    sessions: records.sessions,
    throttle: createLogInThrottle(clock, log),
    callRecords: records.callRecords,
    recordings: records.recordingCatalogue,
    audio,
    numbers: () => listNumbers(numbers.values().get('numbers.yaml'), library),
    desk: centre.roster,
    phone: centre.phones,
    webRoot: join(import.meta.dirname, '..', 'dist', 'web'),
    ready: async () => ({ media: media.isConnected, sip: sip.isConnected, records: await records.reachable() }),
    version: packageVersion(),
    log,
    clock,
  });
  started.defer(() => http.close());
  started.defer(() => centre.intake.drain(DRAIN_MS));

  clock.after(LEFT_BEHIND_MS, () => {
    const hangUp = (dialogId: string, reason: string): Promise<boolean> => sip.hangUpOrphan(dialogId, reason);
    const hadTalk = async (callId: string): Promise<boolean> =>
      (await records.callRecords.get(callId))?.talkedMs !== undefined;
    void finishLeftBehind({ media, journal: records.journal, hangUp, hadTalk, clock, log }, unfinished, inventory);
  });
  clock.after(STANDING_MS, () => giveUpStanding(media, centre, log));

  const running = started.move();
  return { httpPort: http.httpPort, seeded, close: () => running.disposeAsync() };
}

interface Speech {
  voice: EspeakVoice;
  prompts: PromptFiles;
  makeAudio: MakeAudio;
  music: AudioItem[];
}

async function prepareSpeech({ PARLEY_DATA_DIR, PARLEY_FLOWS_DIR }: Settings): Promise<Speech> {
  const cache = new PromptCache(join(PARLEY_DATA_DIR, 'prompts'));
  const voice = new EspeakVoice({ cache });
  const prompts = new PromptFiles({ dir: join(PARLEY_FLOWS_DIR, 'prompts'), cache });
  const { hash } = await cache.put(waitingMusic());
  return {
    voice,
    prompts,
    makeAudio: (items) => toAudio(items, voice, prompts),
    music: [{ type: 'prompt', hash }],
  };
}

interface LiveSettings {
  numbers: LiveFiles<ReadonlyMap<string, NumberRoute>>;
  trunks: LiveFiles<readonly Trunk[]>;
  queues: LiveFiles<QueueSettings>;
}

async function openSettings(
  { PARLEY_SIP_CONFIG_DIR, PARLEY_FLOWS_DIR }: Settings,
  started: AsyncDisposableStack,
  clock: Clock,
  log: Logger,
): Promise<LiveSettings> {
  const numbers = new LiveFiles({
    dir: PARLEY_SIP_CONFIG_DIR,
    isMeant: (file) => file === 'numbers.yaml',
    load: (text, file) => {
      const loaded = loadNumbers(text, file);
      return loaded.ok ? { ok: true, value: loaded.numbers } : loaded;
    },
    clock,
    log,
  });
  const trunks = new LiveFiles({
    dir: PARLEY_SIP_CONFIG_DIR,
    isMeant: (file) => file === 'trunks.yaml',
    load: (text, file) => {
      const loaded = loadTrunks(text, file);
      return loaded.ok ? { ok: true, value: loaded.trunks } : loaded;
    },
    clock,
    log,
  });
  const queues = new LiveFiles({
    dir: join(PARLEY_FLOWS_DIR, 'queues'),
    isMeant: (file) => /^[^.].*\.ya?ml$/.test(file),
    load: (text, file) => {
      const loaded = loadQueue(text, file);
      return loaded.ok ? { ok: true, value: loaded.settings } : loaded;
    },
    clock,
    log,
  });
  for (const live of [numbers, trunks, queues]) {
    started.defer(() => live.close());
    await live.open();
  }
  return { numbers, trunks, queues };
}

/** The flows, each rendered before it is used; what callers may hear of their place in line is rendered along the way. */
async function openLibrary(
  { PARLEY_FLOWS_DIR }: Settings,
  { voice, prompts }: Speech,
  started: AsyncDisposableStack,
  clock: Clock,
  log: Logger,
): Promise<FlowLibrary> {
  const library = new FlowLibrary({
    folder: openFlowFolder(PARLEY_FLOWS_DIR),
    clock,
    prepare: async (flow) => {
      const { failures } = await prepareAudio(flow, voice, prompts);
      for (const { what, error } of failures)
        log.error({ flow: flow.name, what, err: error }, 'prompt was not rendered');
    },
  });
  library.on('loaded', (flow) => {
    log.info({ flow: flow.name, version: flow.hash }, 'flow loaded');
    if (flow.references.queues.size === 0) return;
    const places = Array.from({ length: PLACES_AHEAD }, (_, index) => index + 1);
    for (const language of flow.languages) {
      for (const place of places) voice.render(placeWords(place, language)).catch(() => {});
    }
  });
  library.on('broken', (_file, errors) => {
    for (const error of errors) log.error({ mistake: printFlowError(error) }, 'flow has a mistake');
  });
  library.on('removed', (name) => log.warn({ flow: name }, 'flow is gone'));
  library.on('failed', (error) => log.error({ err: error }, 'flows could not be read'));
  started.defer(() => library.close());
  await library.open();
  return library;
}

async function openClaims(
  { REDIS_URL }: Settings,
  started: AsyncDisposableStack,
  clock: Clock,
  log: Logger,
): Promise<ClaimStore> {
  if (REDIS_URL === undefined) return new MemoryClaimStore(clock);
  const redis = await connectRedis(REDIS_URL, log);
  started.defer(() => redis.destroy());
  return new RedisClaimStore(redis);
}

function listNumbers(
  numbers: ReadonlyMap<string, NumberRoute> | undefined,
  library: FlowLibrary,
): { number: string; flow: string; title?: string }[] {
  return [...(numbers?.values() ?? [])].map(({ number, flow, title = library.current(flow)?.title }) => ({
    number,
    flow,
    ...(title !== undefined && { title }),
  }));
}

/** Browser endpoints of an earlier run whose pages did not come back for them. */
function giveUpStanding(media: MediaClient, centre: CallCentre, log: Logger): void {
  for (const endpointId of centre.roster.forgetStanding()) {
    media.order({ order: 'endpoint.close', endpointId }).catch((error: unknown) => {
      log.warn({ endpointId, error: String(error) }, 'endpoint was not closed');
    });
  }
}

function packageVersion(): string {
  const file = join(import.meta.dirname, '..', 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
