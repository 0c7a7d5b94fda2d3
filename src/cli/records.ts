import { openRecords, type Records } from '../adapters/records/open.ts';
import { readOwnSettings } from '../config/config.ts';
import type { Actor } from '../flows/versions/version-store.ts';
import { ParleyError } from '../shared/errors.ts';
import { createLogger } from '../shared/logger.ts';
import { nameKey } from '../users/account-rules.ts';

/** The records of this machine's settings, beside a running app. */
export async function withRecords(use: (records: Records) => Promise<number>): Promise<number> {
  const records = await openRecords(readOwnSettings(), createLogger('parley', { level: 'warn' }), { role: 'guest' });
  try {
    return await use(records);
  } finally {
    await records.close();
  }
}

/** The user of this name, for the audit; without a name, the command line itself. Rejects for a name that nobody has. */
export async function actorOf({ accounts }: Pick<Records, 'accounts'>, name: string | undefined): Promise<Actor> {
  if (name === undefined) return { id: 'cli', name: 'cli' };
  const user = (await accounts.list()).find((one) => nameKey(one.name) === nameKey(name));
  if (!user) throw new ParleyError('request.invalid', {}, { text: `There is no user ${name}` });
  return { id: user.id, name: user.name };
}

export function printLines(lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return 0;
}
