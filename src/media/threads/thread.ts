import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../shared/time.ts';
import { sharedClock } from '../clock/shared-clock.ts';
import { Engine, ThreadRefusal } from './engine.ts';
import type { FromThread, ThreadSetup, ToThread } from './messages.ts';

/** A media thread: an engine between the main thread's port and the network. */

const port = parentPort;
if (port) {
  const { epochMs } = workerData as ThreadSetup;
  const say = (message: FromThread) => port.postMessage(message);
  const engine = new Engine({
    now: sharedClock(epochMs),
    utc: () => systemClock.now(),
    tell: (fact) => say({ kind: 'fact', fact }),
  });
  port.on('message', ({ id, order }: ToThread) => {
    engine.take(order).then(
      (result) => say({ kind: 'answer', id, ok: true, result }),
      (error: unknown) => {
        // What is no refusal is a bug: it ends this thread, and the main thread replaces it and reports its legs.
        if (!(error instanceof ThreadRefusal)) throw error;
        say({ kind: 'answer', id, ok: false, code: error.code, text: error.message });
      },
    );
  });
}
