import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type App, startApp } from '../../src/app.ts';
import { readSettings } from '../../src/config/config.ts';
import { createLogger } from '../../src/shared/logger.ts';
import type { SipServer } from '../../src/sip/server.ts';
import { type MediaUnderTest, startMedia } from './media-program.ts';
import { PhoneGate } from './phone-gate.ts';
import { SECRET, testServer } from './srf-app.ts';

/** The app with a real SIP server and a real media program, all in this process, in a folder of its own. */
export interface WholeApp {
  app: App;
  sip: SipServer;
  media: MediaUnderTest;
  /** What stands behind the legs of browsers. */
  browsers: PhoneGate;
  httpUrl: string;
  folder: string;
  flowsDir: string;
  sipConfigDir: string;
  /** Stops the app, and starts another with all that it left behind. */
  restartApp(): Promise<void>;
  stop(): Promise<void>;
}

export const PASSWORD = 'a-password-for-tests';

const ROOT = resolve(import.meta.dirname, '../..');

/** One cache of prompts for all tests of a process, so that each text is spoken once. */
const prompts = mkdtempSync(join(tmpdir(), 'parley-prompts-'));
process.once('exit', () => rmSync(prompts, { recursive: true, force: true }));

/** `prepare` changes the flows and the numbers before the app reads them; `options` are the SIP server's. */
export async function startWholeApp(
  prepare: (dirs: { flowsDir: string; sipConfigDir: string }) => void = () => {},
  options: Parameters<typeof testServer>[0] = {},
): Promise<WholeApp> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-app-'));
  const flowsDir = join(folder, 'flows');
  const sipConfigDir = join(folder, 'sip');
  // Without the examples, whose many texts no test of an app needs spoken.
  for (const part of ['welcome.yaml', 'calendars', 'prompts', 'queues'])
    cpSync(join(ROOT, 'ivr-flows', part), join(flowsDir, part), { recursive: true });
  cpSync(join(ROOT, 'sip-config'), sipConfigDir, { recursive: true });
  prepare({ flowsDir, sipConfigDir });
  const recordingsDir = join(folder, 'recordings');
  const dataDir = join(folder, 'data');
  const browsers = new PhoneGate();
  const media = await startMedia({ recordingsDir, promptDir: join(dataDir, 'prompts'), startWebRtc: browsers.start });
  const sip = await testServer(options);
  const settings = readSettings({
    PARLEY_HTTP_PORT: '0',
    PARLEY_DATA_DIR: dataDir,
    PARLEY_FLOWS_DIR: flowsDir,
    PARLEY_SIP_CONFIG_DIR: sipConfigDir,
    PARLEY_RECORDINGS_DIR: recordingsDir,
    PARLEY_SEED_PASSWORD: PASSWORD,
  });
  cpSync(prompts, join(dataDir, 'prompts'), { recursive: true });
  const log = createLogger('app', { level: process.env['TEST_LOG'] ?? 'fatal' });
  const start = (): Promise<App> =>
    startApp(
      {
        settings,
        sip: { host: '127.0.0.1', port: sip.adminPort, secret: SECRET },
        media: { host: '127.0.0.1', port: media.program.adminPort, secret: media.secret },
      },
      log,
    );
  let app = await start();
  // Texts are still being spoken: what is half made is gone in a moment.
  cpSync(join(dataDir, 'prompts'), prompts, { recursive: true, filter: (file) => !file.endsWith('.half') });
  return {
    get app() {
      return app;
    },
    get httpUrl() {
      return `http://127.0.0.1:${app.httpPort}`;
    },
    ...{ sip, media, browsers, folder, flowsDir, sipConfigDir },
    restartApp: async () => {
      await app.close();
      app = await start();
    },
    stop: async () => {
      await app.close();
      await sip.close();
      await media.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
