import { hash, verify } from '@node-rs/argon2';
import type { Kysely } from 'kysely';
import type { SessionUser } from '../../protocol/http.ts';
import { ParleyError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Clock } from '../../shared/time.ts';
import { checkNewAccount, checkPassword, checkSkills, nameKey } from '../../users/account-rules.ts';
import type { Accounts, NewAccount } from '../../users/accounts.ts';
import { addAudit } from './audit.ts';
import type { RecordsSchema } from './schema.ts';

/** Argon2id with 19 MiB and two passes, the smaller of the pairs that OWASP's password storage sheet names as enough. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function createAccounts(db: Kysely<RecordsSchema>, clock: Clock): Accounts {
  return new StoredAccounts(db, clock);
}

class StoredAccounts implements Accounts {
  readonly #db: Kysely<RecordsSchema>;
  readonly #clock: Clock;
  /** What the password of a name that does not exist is compared with, so that the answer takes as long. */
  #decoy: Promise<string> | undefined;

  constructor(db: Kysely<RecordsSchema>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async verify(name: string, password: string): Promise<SessionUser | undefined> {
    this.#decoy ??= hash(newId('user'), COST);
    const decoy = await this.#decoy;
    const row = await this.#db.selectFrom('users').selectAll().where('name_key', '=', nameKey(name)).executeTakeFirst();
    const fits = await verify(row?.password_hash ?? decoy, password);
    return row && fits ? userOf(row) : undefined;
  }

  async byId(userId: string): Promise<SessionUser | undefined> {
    const row = await this.#db.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirst();
    return row && userOf(row);
  }

  async list(): Promise<SessionUser[]> {
    const rows = await this.#db.selectFrom('users').selectAll().orderBy('name_key').execute();
    return rows.map(userOf);
  }

  async create(input: NewAccount, actor = 'program'): Promise<SessionUser> {
    checkNewAccount(input);
    const now = this.#clock.now();
    const row = {
      user_id: newId('user', now),
      name: input.name.normalize('NFKC'),
      name_key: nameKey(input.name),
      display_name: input.displayName.trim(),
      role: input.role,
      password_hash: await hash(input.password, COST),
      skills: '[]',
      created_at: now,
      changed_at: now,
    };
    await this.#db.transaction().execute(async (tx) => {
      const added = await tx
        .insertInto('users')
        .values(row)
        .onConflict((conflict) => conflict.column('name_key').doNothing())
        .returning('user_id')
        .executeTakeFirst();
      if (!added) throw new ParleyError('request.invalid', {}, { text: `The name ${row.name} is taken` });
      await addAudit(tx, { at: now, actor, action: 'user.created', target: row.user_id, detail: { role: row.role } });
    });
    return userOf(row);
  }

  async setSkills(userId: string, skills: readonly string[], actor = 'program'): Promise<void> {
    checkSkills(skills);
    const now = this.#clock.now();
    await this.#db.transaction().execute(async (tx) => {
      await changeUser(tx, userId, { skills: JSON.stringify(skills), changed_at: now });
      await addAudit(tx, { at: now, actor, action: 'user.skillsSet', target: userId, detail: { skills: [...skills] } });
    });
  }

  async setPassword(userId: string, password: string, actor = 'program'): Promise<void> {
    checkPassword(password);
    const passwordHash = await hash(password, COST);
    const now = this.#clock.now();
    await this.#db.transaction().execute(async (tx) => {
      await changeUser(tx, userId, { password_hash: passwordHash, changed_at: now });
      await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
      await addAudit(tx, { at: now, actor, action: 'user.passwordSet', target: userId });
    });
  }
}

/** Rejects with `request.invalid` where there is no such user. */
async function changeUser(
  tx: Kysely<RecordsSchema>,
  userId: string,
  change: Partial<Pick<RecordsSchema['users'], 'password_hash' | 'skills' | 'changed_at'>>,
): Promise<void> {
  const changed = await tx
    .updateTable('users')
    .set(change)
    .where('user_id', '=', userId)
    .returning('user_id')
    .executeTakeFirst();
  if (!changed) throw new ParleyError('request.invalid', { userId }, { text: 'There is no such user' });
}

/** The columns of a user's row that may leave the database, and what they are outside of it. */
export const USER_COLUMNS = ['users.user_id', 'name', 'display_name', 'role', 'skills'] as const;

export function userOf(
  row: Pick<RecordsSchema['users'], 'user_id' | 'name' | 'display_name' | 'role' | 'skills'>,
): SessionUser {
  const skills = JSON.parse(row.skills) as string[];
  return { id: row.user_id, name: row.name, displayName: row.display_name, role: row.role, skills };
}
