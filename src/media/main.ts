import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readSettings } from '../config/config.ts';
import { createLogger } from '../shared/logger.ts';
import { startMediaProgram } from './program.ts';
import { startWebRtcGate } from './webrtc/gate.ts';

/** The media program on its own: settings from the environment, the app's door from the command line. */

/** Made anew by `main.ts` at each start; set by hand only where this program runs alone. */
const own = z.object({ PARLEY_MEDIA_SECRET: z.string().min(16) });

const log = createLogger('media');
const settings = readSettings(process.env);
const { PARLEY_MEDIA_SECRET } = own.parse(process.env);
const { values } = parseArgs({
  options: {
    'admin-host': { type: 'string', default: '127.0.0.1' },
    'admin-port': { type: 'string', default: '0' },
  },
});

const program = await startMediaProgram({
  host: settings.PARLEY_HOST,
  rtpPorts: settings.PARLEY_RTP_PORTS,
  webRtcPort: settings.PARLEY_WEBRTC_PORT,
  webRtcWorkers: settings.PARLEY_WEBRTC_WORKERS,
  adminHost: values['admin-host'],
  adminPort: Number(values['admin-port']),
  secret: PARLEY_MEDIA_SECRET,
  recordingsDir: settings.PARLEY_RECORDINGS_DIR,
  promptDir: join(settings.PARLEY_DATA_DIR, 'prompts'),
  threads: settings.PARLEY_MEDIA_THREADS,
  startWebRtc: startWebRtcGate,
  log,
});

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await program.close();
  process.exit(0);
}

process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
process.on('disconnect', () => void end());
process.send?.({ ready: true, adminPort: program.adminPort });
log.info({ adminPort: program.adminPort, threads: settings.PARLEY_MEDIA_THREADS }, 'media program ready');
