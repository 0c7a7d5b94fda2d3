import { type Role, role, type SessionUser } from '../protocol/http.ts';
import { ParleyError } from '../shared/errors.ts';
import { nameKey } from './account-rules.ts';
import type { Accounts } from './accounts.ts';

/** What the `parley user` command does. Each rejects with `request.invalid` and a sentence for people. */

/** One line a user: name, role, name to show, skills. */
export async function listUsers(accounts: Accounts): Promise<string[]> {
  const users = await accounts.list();
  const width = Math.max(0, ...users.map(({ name }) => name.length));
  return users.map(
    ({ name, role: rank, displayName, skills }) =>
      `${name.padEnd(width)}  ${rank.padEnd('supervisor'.length)}  ${[displayName, ...skills].join('  ')}`,
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
  const user = await userNamed(accounts, name);
  await accounts.setPassword(user.id, password, 'cli');
  return `${user.name} has a new password and is logged out everywhere`;
}

/** These are the user's skills from now on, and no others. */
export async function setUserSkills(accounts: Accounts, name: string, skills: readonly string[]): Promise<string> {
  const user = await userNamed(accounts, name);
  await accounts.setSkills(user.id, skills, 'cli');
  return skills.length === 0 ? `${user.name} has no skills` : `${user.name} has the skills ${skills.join(', ')}`;
}

async function userNamed(accounts: Accounts, name: string): Promise<SessionUser> {
  const user = (await accounts.list()).find((one) => nameKey(one.name) === nameKey(name));
  if (!user) throw refused(`There is no user ${name}`);
  return user;
}

function refused(text: string): ParleyError {
  return new ParleyError('request.invalid', {}, { text });
}
