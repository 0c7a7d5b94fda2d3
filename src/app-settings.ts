import { join } from 'node:path';
import { SERVICES_FILE } from './adapters/files/flow-folder.ts';
import { LiveFiles } from './adapters/files/live-files.ts';
import { loadNumbers, type NumberRoute } from './calls/numbers.ts';
import { loadTrunks, type Trunk } from './calls/trunks.ts';
import type { Settings } from './config/config.ts';
import { loadServices, type Service } from './flows/services/services.ts';
import { loadQueue, type QueueSettings } from './queues/queue-settings.ts';
import type { Logger } from './shared/logger.ts';
import type { Clock } from './shared/time.ts';

/** The files people write, read again when they change. */
export interface LiveSettings {
  numbers: LiveFiles<ReadonlyMap<string, NumberRoute>>;
  trunks: LiveFiles<readonly Trunk[]>;
  queues: LiveFiles<QueueSettings>;
  services: LiveFiles<ReadonlyMap<string, Service>>;
}

export async function openSettings(
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
  const services = new LiveFiles({
    dir: PARLEY_FLOWS_DIR,
    isMeant: (file) => file === SERVICES_FILE,
    load: (text, file) => {
      const loaded = loadServices(text, file);
      return loaded.ok ? { ok: true, value: loaded.services } : loaded;
    },
    clock,
    log,
  });
  for (const live of [numbers, trunks, queues, services]) {
    started.defer(() => live.close());
    await live.open();
  }
  return { numbers, trunks, queues, services };
}
