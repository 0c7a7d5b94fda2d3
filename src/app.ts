import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SipLink } from './adapters/drachtio/sip-link.ts';
import { fluentTranscoder } from './adapters/ffmpeg/fluent-transcoder.ts';
import { SERVICES_FILE } from './adapters/files/flow-folder.ts';
import { folderAudioStore } from './adapters/files/folder-audio-store.ts';
import { type HttpServer, startHttpServer } from './adapters/http/server.ts';
import { ServiceClient } from './adapters/http-client/service-client.ts';
import { MediaClient } from './adapters/media/client.ts';
import { MemoryClaimStore } from './adapters/memory/claim-store.ts';
import { openRecords, type Records } from './adapters/records/open.ts';
import { RedisClaimStore } from './adapters/redis/claim-store.ts';
import { connectRedis } from './adapters/redis/client.ts';
import type { AppOptions } from './app-options.ts';
import { type LiveSettings, openSettings } from './app-settings.ts';
import { type AppFlows, openFlows, prepareSpeech } from './app-speech.ts';
import { type CallCentre, makeCallCentre } from './call-centre.ts';
import { finishLeftBehind } from './calls/left-behind.ts';
import type { NumberRoute } from './calls/numbers.ts';
import type { Settings } from './config/config.ts';
import type { Inventory } from './media/protocol/messages.ts';
import type { ClaimStore } from './queues/claim-store.ts';
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
/** With more calls at once than this, what can wait does. */
const BUSY_CALLS = 20 * availableParallelism();

/** What the parts of starting share. */
interface Start {
  settings: Settings;
  /** Everything started says here how it is stopped. */
  started: AsyncDisposableStack;
  media: MediaClient;
  records: Records;
  clock: Clock;
  log: Logger;
}

/** Builds the app. It reads from top to bottom in the order of starting; stopping is the reverse. */
export async function startApp(options: AppOptions, log: Logger, clock: Clock = systemClock): Promise<App> {
  const { settings } = options;
  await using started = new AsyncDisposableStack();

  const media = new MediaClient({ ...options.media, client: `app-${process.pid}`, log, clock });
  started.defer(() => media.close());
  await media.connect();

  const records = await openRecords(settings, log, { clock });
  started.defer(() => records.close());
  const password = settings.PARLEY_SEED_PASSWORD;
  const seeded = await seedAccounts(records.accounts, password === undefined ? {} : { password });

  const start: Start = { settings, started, media, records, clock, log };
  const speech = await prepareSpeech(settings);
  const state = await openState(start);
  const live = await openSettings(settings, started, clock, log);
  const numbers = () => live.numbers.values().get('numbers.yaml') ?? new Map<string, NumberRoute>();
  const answering = [...numbers().values()].map(({ flow }) => flow);
  const flows = await openFlows({ settings, speech, store: records.flowVersions, answering, started, clock, log });
  const services = new ServiceClient({
    services: () => live.services.values().get(SERVICES_FILE) ?? new Map(),
    environment: process.env,
    log,
  });
  const sip = new SipLink({ ...options.sip, environment: process.env, log, clock });
  const centre = makeCallCentre({
    media,
    journal: records.journal,
    claims: state.claims,
    dialler: sip,
    queueSettings: (queue) => [...live.queues.values().values()].find((one) => one.queue === queue),
    request: (order, signal) => services.request(order, signal),
    callbackStore: records.callbacks,
    makeAudio: speech.makeAudio,
    music: () => speech.music,
    numbers,
    trunks: () => live.trunks.values().get('trunks.yaml') ?? [],
    hold: (wish) => flows.live.hold(wish),
    maxCalls: MAX_CALLS,
    clock,
    log,
  });

  // What an earlier run left behind is looked at before the first new call can mix with it.
  const inventory = await media.order({ order: 'inventory' });
  const unfinished = await records.callRecords.unfinished();
  centre.roster.keepStanding(
    inventory.endpoints.filter(({ kind }) => kind === 'webrtc').map(({ endpointId }) => endpointId),
  );
  await startRecordings(start, inventory, centre);

  started.defer(() => sip.close());
  await sip.open((call) => centre.intake.incoming(call));

  const http = await startPages(start, { centre, live, flows, sip, state });
  started.defer(() => http.close());
  started.defer(() => centre.intake.drain(DRAIN_MS));
  started.defer(() => centre.callbacks.close());
  await centre.callbacks.start();
  started.defer(clock.after(LEFT_BEHIND_MS, () => void finishCalls(start, sip, unfinished, inventory)));
  started.defer(clock.after(STANDING_MS, () => giveUpStanding(start, centre)));

  const running = started.move();
  return { httpPort: http.httpPort, seeded, close: () => running.disposeAsync() };
}

interface State {
  claims: ClaimStore;
  /** Whether it can be asked at this moment. */
  isReachable(): boolean;
}

async function openState({ settings, started, clock, log }: Start): Promise<State> {
  if (settings.REDIS_URL === undefined) return { claims: new MemoryClaimStore(clock), isReachable: () => true };
  const redis = await connectRedis(settings.REDIS_URL, log);
  started.defer(() => redis.destroy());
  return { claims: new RedisClaimStore(redis), isReachable: () => redis.isReady };
}

/** Closes the recordings of programs that died, and begins to transcode. */
async function startRecordings(
  { settings, started, records, clock, log }: Start,
  inventory: Inventory,
  { intake }: CallCentre,
): Promise<void> {
  const { PARLEY_RECORDINGS_DIR: recordingsDir, PARLEY_DATA_DIR } = settings;
  await recoverRecordings({
    inventory: records.recordingCatalogue,
    journal: records.journal,
    recordingsDir,
    stillRecording: new Set(inventory.recordings.map(({ recordingId }) => recordingId)),
    clock,
    log,
  });
  const transcoding = await startTranscoding({
    jobs: records.transcodeJobs,
    audio: folderAudioStore(recordingsDir),
    transcoder: fluentTranscoder(),
    recordingsDir,
    scratchDir: join(PARLEY_DATA_DIR, 'transcoding'),
    isBusy: () => intake.calls.size > BUSY_CALLS,
    clock,
    log,
  });
  started.defer(() => transcoding.close());
}

interface Shown {
  centre: CallCentre;
  live: LiveSettings;
  flows: AppFlows;
  sip: SipLink;
  state: State;
}

function startPages(
  { settings, media, records, clock, log }: Start,
  { centre, live, flows, sip, state }: Shown,
): Promise<HttpServer> {
  return startHttpServer({
    host: settings.PARLEY_HOST,
    port: settings.PARLEY_HTTP_PORT,
    accounts: records.accounts,
    sessions: records.sessions,
    throttle: createLogInThrottle(clock, log),
    callRecords: records.callRecords,
    recordings: records.recordingCatalogue,
    audio: folderAudioStore(settings.PARLEY_RECORDINGS_DIR),
    callbacks: centre.callbacks,
    numbers: () => listNumbers(live, flows),
    flows: { ...flows, store: records.flowVersions, tallies: records.flowTallies },
    desk: centre.roster,
    phone: centre.phones,
    webRoot: join(import.meta.dirname, '..', 'dist', 'web'),
    ready: async () => ({
      media: media.isConnected,
      sip: sip.isConnected,
      records: await records.reachable(),
      state: state.isReachable(),
    }),
    version: packageVersion(),
    log,
    clock,
  });
}

function listNumbers({ numbers }: LiveSettings, flows: AppFlows): { number: string; flow: string; title?: string }[] {
  const routes = numbers.values().get('numbers.yaml')?.values() ?? [];
  return [...routes].map(({ number, flow, title = flows.live.current(flow)?.title }) => ({
    number,
    flow,
    ...(title !== undefined && { title }),
  }));
}

async function finishCalls(
  { media, records, clock, log }: Start,
  sip: SipLink,
  unfinished: Awaited<ReturnType<Records['callRecords']['unfinished']>>,
  inventory: Inventory,
): Promise<void> {
  const deps = {
    media,
    journal: records.journal,
    hangUp: (dialogId: string, reason: string) => sip.hangUpOrphan(dialogId, reason),
    hadTalk: async (callId: string) => (await records.callRecords.get(callId))?.talkedMs !== undefined,
    clock,
    log,
  };
  await finishLeftBehind(deps, unfinished, inventory);
}

/** Browser endpoints of an earlier run whose pages did not come back for them. */
function giveUpStanding({ media, log }: Start, centre: CallCentre): void {
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
