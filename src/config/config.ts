import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'write a range such as 20000-29999')
  .transform((text) => {
    const [min = 0, max = 0] = text.split('-').map(Number);
    return { min, max };
  })
  .refine(({ min, max }) => min >= 1024 && max <= 65_535 && max - min >= 3, 'from 1024 to 65535, at least four ports');

const folder = z
  .string()
  .min(1)
  .transform((path) => resolve(path));

const level = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);

/** Every setting, read from the environment once. `.env.example` is printed from the descriptions. */
export const settings = z.object({
  PARLEY_HOST: z.string().default('127.0.0.1').describe('Address to listen on and to advertise'),
  PARLEY_SIP_PORT: port.default(5060).describe('SIP over UDP and TCP'),
  PARLEY_HTTP_PORT: port.default(8080).describe('Pages, HTTP and WebSockets'),
  PARLEY_RTP_PORTS: portRange.default({ min: 20_000, max: 29_999 }).describe('Ports for carrier audio'),
  PARLEY_WEBRTC_PORT: port.default(44_444).describe('Browser audio, UDP and TCP'),
  PARLEY_DATA_DIR: folder.default(resolve('data')).describe('Database, prompts, everything Parley makes itself'),
  PARLEY_FLOWS_DIR: folder.default(resolve('ivr-flows')).describe('Flows, calendars and prompts'),
  PARLEY_SIP_CONFIG_DIR: folder.default(resolve('sip-config')).describe('numbers.yaml and trunks.yaml'),
  PARLEY_RECORDINGS_DIR: folder.default(resolve('recordings')).describe('Finished recordings'),
  PARLEY_MEDIA_THREADS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(Math.max(1, availableParallelism() - 1))
    .describe('Threads of the media program'),
  PARLEY_WEBRTC_WORKERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(1)
    .describe('Processes that carry browser audio (mediasoup workers)'),
  PARLEY_SEED_PASSWORD: z.string().min(8).optional().describe('One password for all accounts seeded at first start'),
  PARLEY_LOG: level.default('info').describe('Log level'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('State in Redis instead of memory'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('Records in PostgreSQL instead of SQLite'),
  DRACHTIO_URL: z
    .url({ protocol: /^drachtio$/ })
    .optional()
    .describe('A drachtio-server instead of the embedded SIP server: drachtio://:secret@host:9022'),
  MEDIA_URL: z
    .url({ protocol: /^media$/ })
    .optional()
    .describe('A media program on another host instead of a child: media://:secret@host:9023'),
});

export type Settings = Readonly<z.output<typeof settings>>;

/** Reads the settings, or throws one error that names every mistake in words. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = settings.safeParse(present);
  if (read.success) return Object.freeze(read.data);
  const mistakes = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`These settings cannot be used:\n${mistakes.join('\n')}`);
}

/** The settings of this process: its environment, and below that the file `.env` of the folder it was started in. */
export function readOwnSettings(): Settings {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readSettings(process.env);
}

/** `drachtio://:secret@host:9022` or `media://…` taken apart. */
export function readServiceUrl(url: string, defaultPort: number): { host: string; port: number; secret: string } {
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: parsed.port === '' ? defaultPort : Number(parsed.port),
    secret: decodeURIComponent(parsed.password),
  };
}
