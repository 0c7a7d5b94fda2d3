import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimStore } from '../../src/queues/claim-store.ts';

/** What a suite needs to know of the store it tries. */
export interface ClaimStoreUnderTest {
  store: ClaimStore;
  /** Lets so much time pass for the store's clock. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const LONG_MS = 60_000;
/** Short enough to wait for on a real clock. */
const SHORT_MS = 150;

/** The promises of `ClaimStore`, for any implementation. */
export function claimStoreContract(name: string, open: () => Promise<ClaimStoreUnderTest>): void {
  describe(`claims in ${name}`, () => {
    let site: ClaimStoreUnderTest;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());
    const want = (claimId: string, callId: string, agentId: string) => ({ claimId, callId, agentId });

    it('[R40] claims caller and agent together and tells them', async () => {
      expect(await site.store.claim(want('offer-1', 'call-1', 'amy'), LONG_MS)).toBe('claimed');
      const [claim, ...others] = await site.store.list();
      expect(claim).toMatchObject(want('offer-1', 'call-1', 'amy'));
      expect(claim?.expiresAt).toBeTypeOf('number');
      expect(others).toEqual([]);
    });

    it('[R40] changes nothing when one of the two is taken', async () => {
      await site.store.claim(want('offer-1', 'call-1', 'amy'), LONG_MS);
      expect(await site.store.claim(want('offer-2', 'call-1', 'bo'), LONG_MS)).toBe('callTaken');
      expect(await site.store.claim(want('offer-3', 'call-2', 'amy'), LONG_MS)).toBe('agentTaken');
      expect((await site.store.list()).map(({ claimId }) => claimId)).toEqual(['offer-1']);
      expect(await site.store.claim(want('offer-4', 'call-2', 'bo'), LONG_MS)).toBe('claimed');
    });

    it('[R40] of many who want the same agent at once, one gets them', async () => {
      const wanted = Array.from({ length: 20 }, (_, i) => want(`offer-${i}`, `call-${i}`, 'amy'));
      const outcomes = await Promise.all(wanted.map((one) => site.store.claim(one, LONG_MS)));
      expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'agentTaken')).toHaveLength(19);
      expect(await site.store.list()).toHaveLength(1);
    });

    it('[R41] frees both, whoever releases', async () => {
      await site.store.claim(want('offer-1', 'call-1', 'amy'), LONG_MS);
      await site.store.release('offer-1');
      await site.store.release('offer-1');
      await site.store.release('offer-never-made');
      expect(await site.store.list()).toEqual([]);
      expect(await site.store.claim(want('offer-2', 'call-1', 'amy'), LONG_MS)).toBe('claimed');
    });

    it('[R42] frees both when the lease runs out', async () => {
      await site.store.claim(want('offer-1', 'call-1', 'amy'), SHORT_MS);
      await site.pass(SHORT_MS + 1);
      expect(await site.store.list()).toEqual([]);
      expect(await site.store.prolong('offer-1', LONG_MS)).toBe(false);
      expect(await site.store.claim(want('offer-2', 'call-2', 'amy'), LONG_MS)).toBe('claimed');
      expect(await site.store.claim(want('offer-3', 'call-1', 'bo'), LONG_MS)).toBe('claimed');
    });

    it('[R42] keeps a claim that is prolonged, and only that', async () => {
      await site.store.claim(want('offer-1', 'call-1', 'amy'), LONG_MS);
      await site.store.claim(want('offer-2', 'call-2', 'bo'), LONG_MS);
      expect(await site.store.prolong('offer-1', 2 * LONG_MS)).toBe(true);
      expect(await site.store.prolong('offer-2', SHORT_MS)).toBe(true);
      await site.pass(SHORT_MS + 1);
      expect((await site.store.list()).map(({ claimId }) => claimId)).toEqual(['offer-1']);
    });

    it('[R43] asking twice for the same two prolongs', async () => {
      await site.store.claim(want('offer-1', 'call-1', 'amy'), LONG_MS);
      expect(await site.store.claim(want('offer-1', 'call-1', 'amy'), SHORT_MS)).toBe('claimed');
      await site.pass(SHORT_MS + 1);
      expect(await site.store.list()).toEqual([]);
    });

    it('[R44] lists the soonest to expire first', async () => {
      await site.store.claim(want('offer-1', 'call-1', 'amy'), 3 * LONG_MS);
      await site.store.claim(want('offer-2', 'call-2', 'bo'), LONG_MS);
      await site.store.claim(want('offer-3', 'call-3', 'cy'), 2 * LONG_MS);
      expect((await site.store.list()).map(({ claimId }) => claimId)).toEqual(['offer-2', 'offer-3', 'offer-1']);
    });
  });
}
