import { describe, expect, it } from 'vitest';
import type { SessionUser } from '../../../src/protocol/http.ts';
import { addUser, listUsers, setUserPassword } from '../../../src/users/account-commands.ts';
import type { Accounts, NewAccount } from '../../../src/users/accounts.ts';

/** Accounts that remember what they were asked. */
class HeardAccounts implements Accounts {
  users: SessionUser[] = [
    { id: 'user-1', name: 'amy', displayName: 'Amy', role: 'agent' },
    { id: 'user-2', name: 'samantha', displayName: 'Sam', role: 'supervisor' },
  ];
  asked: unknown[] = [];

  verify = () => Promise.resolve(undefined);
  byId = (id: string) => Promise.resolve(this.users.find((user) => user.id === id));
  list = () => Promise.resolve(this.users);
  create = (input: NewAccount, actor?: string) => {
    this.asked.push([input, actor]);
    return Promise.resolve({ id: 'user-3', name: input.name, displayName: input.displayName, role: input.role });
  };
  setPassword = (userId: string, password: string, actor?: string) => {
    this.asked.push([userId, password, actor]);
    return Promise.resolve();
  };
}

describe('parley user', () => {
  it('[R19] lists users in columns', async () => {
    expect(await listUsers(new HeardAccounts())).toEqual(['amy       agent       Amy', 'samantha  supervisor  Sam']);
  });

  it('[R19] adds a user, who is called by the name to log in with unless told otherwise', async () => {
    const accounts = new HeardAccounts();
    expect(await addUser(accounts, { name: 'cy', role: 'agent', password: 'long enough' })).toContain('cy');
    expect(accounts.asked).toEqual([
      [{ name: 'cy', displayName: 'cy', role: 'agent', password: 'long enough' }, 'cli'],
    ]);
    const boss = { name: 'cy', role: 'boss', password: 'long enough' };
    await expect(addUser(accounts, boss)).rejects.toThrow('There is no role boss; roles are agent, supervisor, admin');
  });

  it('[R19] sets a password by name', async () => {
    const accounts = new HeardAccounts();
    await setUserPassword(accounts, 'AMY', 'long enough');
    expect(accounts.asked).toEqual([['user-1', 'long enough', 'cli']]);
    await expect(setUserPassword(accounts, 'nobody', 'long enough')).rejects.toThrow('There is no user nobody');
  });
});
