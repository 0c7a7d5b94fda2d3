import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What a worker answers when it was not started by mediasoup's Node side; any other answer means that it cannot run here. */
const NOT_MY_PARENT = 41;

/** Whether this file is a mediasoup worker that runs on this machine (its libraries are found, its processor is ours). */
export function workerRuns(file) {
  if (!existsSync(file)) return false;
  return spawnSync(file, [], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === NOT_MY_PARENT;
}
