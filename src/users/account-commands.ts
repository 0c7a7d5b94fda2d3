import { type Role, role } from '../protocol/http.ts';
import { ParleyError } from '../shared/errors.ts';
import { nameKey } from './account-rules.ts';
import type { Accounts } from './accounts.ts';

/** What the `parley user` command does. Each rejects with `request.invalid` and a sentence for people. */

/** One line a user: name, role, name to show. */
export async function listUsers(accounts: Accounts): Promise<string[]> {
  const users = await accounts.list();
  const width = Math.max(0, ...users.map(({ name }) => name.length));
  return users.map(
    (user) => `${user.name.padEnd(width)}  ${user.role.padEnd('supervisor'.length)}  ${user.displayName}`,
  );
}

export async function addUser(
  accounts: Accounts,
  input: { name: string; displayName?: string; role: string; password: string },
): Promise<string> {
  const asked = role.safeParse(input.role);
  if (!asked.success) throw refused(`There is no role ${input.role}; roles are ${role.options.join(', ')}`);
  const { name, password, displayName = name } = input;
  const user = await accounts.create({ name, displayName, role: asked.data satisfies Role, password }, 'cli');
  return `${user.name} may log in as ${user.role}`;
}

/** The user is logged out everywhere. */
export async function setUserPassword(accounts: Accounts, name: string, password: string): Promise<string> {
  const user = (await accounts.list()).find((one) => nameKey(one.name) === nameKey(name));
  if (!user) throw refused(`There is no user ${name}`);
  await accounts.setPassword(user.id, password, 'cli');
  return `${user.name} has a new password and is logged out everywhere`;
}

function refused(text: string): ParleyError {
  return new ParleyError('request.invalid', {}, { text });
}
