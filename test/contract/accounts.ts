import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seedAccounts } from '../../src/users/seed-accounts.ts';
import type { RecordsUnderTest } from './records.ts';

const HOUR_MS = 3_600_000;

/** The promises of accounts, sessions and the audit, in either database. */
export function accountsContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`accounts in ${name}`, () => {
    let site: RecordsUnderTest;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());
    const amy = { name: 'Amy', displayName: 'Amy A.', role: 'agent' as const, password: 'correct horse' };

    it('[R20] lets in the right password and nothing else', async () => {
      const { accounts } = site.records;
      const user = await accounts.create(amy);
      expect(user).toEqual({
        id: expect.stringMatching(/^user-/),
        name: 'Amy',
        displayName: 'Amy A.',
        role: 'agent',
        skills: [],
      });
      expect(await accounts.verify('Amy', 'correct horse')).toEqual(user);
      expect(await accounts.verify(' aMY', 'correct horse')).toEqual(user);
      expect(await accounts.verify('Amy', 'Correct horse')).toBeUndefined();
      expect(await accounts.verify('Amy', '')).toBeUndefined();
      expect(await accounts.verify('nobody', 'correct horse')).toBeUndefined();
      expect(await accounts.verify("' or 1=1 --", '')).toBeUndefined();
      expect(await accounts.byId(user.id)).toEqual(user);
      expect(await accounts.byId('user-unheard-of')).toBeUndefined();
    });

    it('[R21] refuses names that are taken or cannot be, and short passwords, in words', async () => {
      const { accounts } = site.records;
      await accounts.create(amy);
      const refused = { code: 'request.invalid' };
      await expect(accounts.create({ ...amy, name: 'AMY' })).rejects.toMatchObject({
        ...refused,
        message: 'The name AMY is taken',
      });
      await expect(accounts.create({ ...amy, name: 'a b' })).rejects.toMatchObject(refused);
      await expect(accounts.create({ ...amy, name: '' })).rejects.toMatchObject(refused);
      await expect(accounts.create({ ...amy, name: 'bo', password: 'short' })).rejects.toMatchObject(refused);
      await expect(accounts.create({ ...amy, name: 'bo', password: 'x'.repeat(501) })).rejects.toMatchObject(refused);
      await expect(accounts.setPassword('user-unheard-of', 'long enough')).rejects.toMatchObject(refused);
      expect(await accounts.list()).toHaveLength(1);
    });

    it('[R22] a new password ends the sessions of the old one, and is audited', async () => {
      const { accounts, sessions, audit } = site.records;
      const user = await accounts.create(amy, 'seed');
      const { token } = await sessions.start(user.id);
      await accounts.setPassword(user.id, 'battery staple', 'user-boss');
      expect(await sessions.find(token)).toBeUndefined();
      expect(await accounts.verify('Amy', 'correct horse')).toBeUndefined();
      expect(await accounts.verify('Amy', 'battery staple')).toEqual(user);
      expect(await audit.list(10)).toEqual([
        { at: site.clock.now(), actor: 'user-boss', action: 'user.passwordSet', target: user.id },
        { at: site.clock.now(), actor: 'seed', action: 'user.created', target: user.id, detail: { role: 'agent' } },
      ]);
    });

    it('[R46] keeps what people can do, in the audit too, and refuses what is no skill', async () => {
      const { accounts, sessions, audit } = site.records;
      const user = await accounts.create(amy, 'seed');
      const { token } = await sessions.start(user.id);
      const skills = ['lang:zh', 'billing.level_2'];
      await accounts.setSkills(user.id, skills, 'user-boss');
      for (const found of [
        await accounts.byId(user.id),
        (await accounts.list())[0],
        await accounts.verify('Amy', 'correct horse'),
        await sessions.find(token),
      ])
        expect(found).toEqual({ ...user, skills });
      expect((await audit.list(1))[0]).toMatchObject({
        actor: 'user-boss',
        action: 'user.skillsSet',
        detail: { skills },
      });
      const refused = { code: 'request.invalid' };
      for (const wrong of [
        ['two words'],
        [''],
        ['x'.repeat(65)],
        ['vip', 'vip'],
        Array.from({ length: 101 }, (_, i) => `s${i}`),
      ])
        await expect(accounts.setSkills(user.id, wrong)).rejects.toMatchObject(refused);
      await expect(accounts.setSkills('user-unheard-of', [])).rejects.toMatchObject(refused);
      expect((await accounts.byId(user.id))?.skills).toEqual(skills);
      await accounts.setSkills(user.id, []);
      expect(await accounts.byId(user.id)).toEqual(user);
    });

    it('[R23] seeds the first accounts once, and tells their passwords that one time', async () => {
      const { accounts } = site.records;
      const seeded = await seedAccounts(accounts);
      expect(seeded.map(({ name, role }) => [name, role])).toEqual([
        ['amy', 'agent'],
        ['bo', 'agent'],
        ['sam', 'supervisor'],
        ['admin', 'admin'],
      ]);
      expect(new Set(seeded.map(({ password }) => password)).size).toBe(4);
      for (const { name: who, password } of seeded) expect(await accounts.verify(who, password)).toBeDefined();
      expect(await seedAccounts(accounts)).toEqual([]);
    });

    it('[R23] two programs that seed one database at once make four accounts', async () => {
      const { accounts } = site.records;
      const both = await Promise.all([seedAccounts(accounts), seedAccounts(accounts)]);
      expect(both.flat()).toHaveLength(4);
      for (const { name: who, password } of both.flat()) expect(await accounts.verify(who, password)).toBeDefined();
    });

    it('[R24] keeps a session while it is used, ends it when it is not, and after a week in any case', async () => {
      const { accounts, sessions } = site.records;
      const user = await accounts.create(amy);
      const { token, expiresAt } = await sessions.start(user.id);
      expect(expiresAt).toBe(site.clock.now() + 12 * HOUR_MS);
      for (let used = 0; used < 3; used += 1) {
        site.clock.pass(11 * HOUR_MS);
        expect(await sessions.find(token)).toEqual(user);
      }
      site.clock.pass(13 * HOUR_MS);
      expect(await sessions.find(token)).toBeUndefined();

      const second = await sessions.start(user.id);
      for (let used = 0; used < 7 * 24 - 1; used += 6) {
        expect(await sessions.find(second.token)).toEqual(user);
        site.clock.pass(6 * HOUR_MS);
      }
      expect(await sessions.find(second.token)).toBeUndefined();
    });

    it('[R25] ends a session for good, keeps others, and knows no token it did not give', async () => {
      const { accounts, sessions } = site.records;
      const user = await accounts.create(amy);
      const one = await sessions.start(user.id);
      const other = await sessions.start(user.id);
      await sessions.end(one.token);
      expect(await sessions.find(one.token)).toBeUndefined();
      expect(await sessions.find(other.token)).toEqual(user);
      expect(await sessions.find('')).toBeUndefined();
      const records = await site.reopen();
      expect(await records.sessions.find(other.token)).toEqual(user);
    });
  });
}
