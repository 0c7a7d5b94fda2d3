import { createClient } from 'redis';
import type { Logger } from '../../shared/logger.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A command that takes longer is given up: a call cannot wait. */
const COMMAND_TIMEOUT_MS = 2_000;
const LONGEST_PAUSE_MS = 3_000;

function newClient(url: string) {
  return createClient({
    url,
    // While the line is down a command fails at once; its caller knows better than a queue what to do.
    disableOfflineQueue: true,
    commandOptions: { timeout: COMMAND_TIMEOUT_MS },
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, LONGEST_PAUSE_MS),
    },
  });
}

export type RedisClient = ReturnType<typeof newClient>;

/** Connects to Redis, trying until it is there; a line that breaks later is mended by itself. */
export async function connectRedis(url: string, log: Logger): Promise<RedisClient> {
  const client = newClient(url);
  // Without a listener the first error would end the program.
  client.on('error', (error: Error) => log.warn({ err: error }, 'Redis is out of reach'));
  client.on('ready', () => log.info('Redis is there'));
  await client.connect();
  return client;
}
