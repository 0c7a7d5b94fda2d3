import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './client.ts';

/** A Lua script: one atomic move. */
export interface Script {
  text: string;
  sha1: string;
}

/** Reads scripts of the folder `scripts/` and joins them; what several share stands in a file of its own in front. */
export function readScript(...files: string[]): Script {
  const text = files.map((file) => readFileSync(new URL(`./scripts/${file}`, import.meta.url), 'utf8')).join('\n');
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script by its hash; a server that does not know it yet (it was restarted) is given the text. */
export async function runScript(
  client: RedisClient,
  script: Script,
  keys: string[],
  values: string[],
): Promise<unknown> {
  const input = { keys, arguments: values };
  try {
    return await client.evalSha(script.sha1, input);
  } catch (error) {
    if (!String((error as Error).message).startsWith('NOSCRIPT')) throw error;
    return client.eval(script.text, input);
  }
}
