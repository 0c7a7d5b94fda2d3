import { randomInt } from 'node:crypto';
import type { Role } from '../protocol/http.ts';
import { failureCode } from '../shared/errors.ts';
import type { Accounts } from './accounts.ts';

const SEEDS: readonly { name: string; displayName: string; role: Role }[] = [
  { name: 'amy', displayName: 'Amy', role: 'agent' },
  { name: 'bo', displayName: 'Bo', role: 'agent' },
  { name: 'sam', displayName: 'Sam', role: 'supervisor' },
  { name: 'admin', displayName: 'Administrator', role: 'admin' },
];

/** Without the letters and digits that are taken for one another. */
const PASSWORD_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

export interface SeededAccount {
  name: string;
  role: Role;
  password: string;
}

/**
 * Makes the first accounts where there is none at all, and returns them with their passwords, this one time. `password` is
 * given to all of them; without it each gets its own.
 */
export async function seedAccounts(accounts: Accounts, options: { password?: string } = {}): Promise<SeededAccount[]> {
  if ((await accounts.list()).length > 0) return [];
  const seeded: SeededAccount[] = [];
  for (const seed of SEEDS) {
    const password = options.password ?? randomPassword();
    try {
      await accounts.create({ ...seed, password }, 'seed');
      seeded.push({ name: seed.name, role: seed.role, password });
    } catch (error) {
      // Another program on the same database was faster with this one; it has told the password.
      if (failureCode(error) !== 'request.invalid' || !(await isThere(accounts, seed.name))) throw error;
    }
  }
  return seeded;
}

async function isThere(accounts: Accounts, name: string): Promise<boolean> {
  return (await accounts.list()).some((user) => user.name === name);
}

/** Four groups of four, some 79 bits: `k3vd-…`. */
function randomPassword(): string {
  const group = (): string =>
    Array.from({ length: 4 }, () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
