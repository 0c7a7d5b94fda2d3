import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { SessionUser } from '../../protocol/http.ts';
import type { Clock } from '../../shared/time.ts';
import type { Sessions } from '../../users/accounts.ts';
import { USER_COLUMNS, userOf } from './accounts.ts';
import type { RecordsSchema } from './schema.ts';

/** A session ends after this time without a request, in ms: a working day and some. */
const IDLE_MS = 12 * 3_600_000;
/** And after this time in any case. */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** A session is prolonged in steps, so that not every request writes. */
const PROLONG_STEP_MS = 60_000;

export function createSessions(db: Kysely<RecordsSchema>, clock: Clock): Sessions {
  return new StoredSessions(db, clock);
}

class StoredSessions implements Sessions {
  readonly #db: Kysely<RecordsSchema>;
  readonly #clock: Clock;

  constructor(db: Kysely<RecordsSchema>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async start(userId: string): Promise<{ token: string; expiresAt: number }> {
    const now = this.#clock.now();
    const token = randomBytes(32).toString('base64url');
    const expiresAt = now + IDLE_MS;
    await this.#db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
    await this.#db
      .insertInto('sessions')
      .values({ token_hash: hashOf(token), user_id: userId, started_at: now, expires_at: expiresAt })
      .execute();
    return { token, expiresAt };
  }

  async find(token: string): Promise<SessionUser | undefined> {
    const now = this.#clock.now();
    const row = await this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.user_id', 'sessions.user_id')
      .select([...USER_COLUMNS, 'started_at', 'expires_at'])
      .where('token_hash', '=', hashOf(token))
      .where('expires_at', '>', now)
      .executeTakeFirst();
    if (!row) return undefined;
    const expiresAt = Math.min(now + IDLE_MS, row.started_at + LONGEST_MS);
    if (expiresAt - row.expires_at >= PROLONG_STEP_MS) {
      await this.#db
        .updateTable('sessions')
        .set({ expires_at: expiresAt })
        .where('token_hash', '=', hashOf(token))
        .execute();
    }
    return userOf(row);
  }

  async end(token: string): Promise<void> {
    await this.#db.deleteFrom('sessions').where('token_hash', '=', hashOf(token)).execute();
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
