import { describe, expect, it } from 'vitest';
import type { SessionUser } from '../../../src/protocol/http.ts';
import { addUser, listUsers, setUserPassword, setUserSkills } from '../../../src/users/account-commands.ts';
import type { Accounts, NewAccount } from '../../../src/users/accounts.ts';

/** Accounts that remember what they were asked. */
class HeardAccounts implements Accounts {
  users: SessionUser[] = [
    { id: 'user-1', name: 'amy', displayName: 'Amy', role: 'agent', skills: ['lang:zh', 'vip'] },
    { id: 'user-2', name: 'samantha', displayName: 'Sam', role: 'supervisor', skills: [] },
  ];
  asked: unknown[] = [];

  verify = () => Promise.resolve(undefined);
  byId = (id: string) => Promise.resolve(this.users.find((user) => user.id === id));
  list = () => Promise.resolve(this.users);
  create = (input: NewAccount, actor?: string) => {
    this.asked.push([input, actor]);
    const { name, displayName, role } = input;
    return Promise.resolve({ id: 'user-3', name, displayName, role, skills: [] });
  };
  setSkills = (userId: string, skills: readonly string[], actor?: string) => {
    this.asked.push([userId, skills, actor]);
    return Promise.resolve();
  };
  setPassword = (userId: string, password: string, actor?: string) => {
    this.asked.push([userId, password, actor]);
    return Promise.resolve();
  };
}

describe('parley user', () => {
  it('[R19] lists users in columns', async () => {
    expect(await listUsers(new HeardAccounts())).toEqual([
      'amy       agent       Amy  lang:zh  vip',
      'samantha  supervisor  Sam',
    ]);
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

  it('[R19] sets skills by name', async () => {
    const accounts = new HeardAccounts();
    expect(await setUserSkills(accounts, 'AMY', ['lang:en', 'vip'])).toBe('amy has the skills lang:en, vip');
    expect(await setUserSkills(accounts, 'amy', [])).toBe('amy has no skills');
    expect(accounts.asked).toEqual([
      ['user-1', ['lang:en', 'vip'], 'cli'],
      ['user-1', [], 'cli'],
    ]);
    await expect(setUserSkills(accounts, 'nobody', ['vip'])).rejects.toThrow('There is no user nobody');
  });

  it('[R19] sets a password by name', async () => {
    const accounts = new HeardAccounts();
    await setUserPassword(accounts, 'AMY', 'long enough');
    expect(accounts.asked).toEqual([['user-1', 'long enough', 'cli']]);
    await expect(setUserPassword(accounts, 'nobody', 'long enough')).rejects.toThrow('There is no user nobody');
  });
});
