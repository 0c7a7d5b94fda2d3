import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallbackWish } from '../../src/calls/callback-store.ts';
import type { RecordsUnderTest } from './records.ts';

const WISH: CallbackWish = {
  queue: 'support',
  number: '+4930123',
  callerName: 'Ada',
  calledNumber: '1000',
  bookedIn: 'call-1',
  priority: 3,
  skills: ['lang:en'],
  language: 'en',
  path: [{ step: 'menu', exit: '1' }, { step: 'wait' }],
  mayRecord: false,
  since: 1_000,
};

/** The promises of the callbacks, in either database. */
export function callbacksContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`callbacks in ${name}`, () => {
    let site: RecordsUnderTest;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());
    const store = () => site.records.callbacks;
    const book = async (wish: Partial<CallbackWish> = {}) => store().book({ ...WISH, ...wish });

    it('[R80] what was booked is there after a restart, with everything', async () => {
      const now = site.clock.now();
      const { callback, isNew } = await book();
      expect(isNew).toBe(true);
      expect(callback).toEqual({
        ...WISH,
        callbackId: expect.stringMatching(/^callback-/),
        bookedAt: now,
        attempts: 0,
        dueAt: now,
      });
      await site.reopen();
      expect(await store().open()).toEqual([callback]);
    });

    it('[R81] a second wish for one number in one queue is the first, with the better place and priority', async () => {
      const { callback } = await book();
      const later = await book({ since: 2_000, priority: 1, bookedIn: 'call-2', callerName: 'Bob' });
      expect(later).toEqual({ callback, isNew: false });
      const sooner = await book({ since: 500, priority: 9 });
      expect(sooner).toEqual({ callback: { ...callback, since: 500, priority: 9 }, isNew: false });
      expect((await book({ queue: 'sales' })).isNew).toBe(true);
      expect((await book({ number: '+4930124' })).isNew).toBe(true);
      expect(await store().open()).toHaveLength(3);
    });

    it('[R81] of many at the same moment one is new', async () => {
      const booked = await Promise.all(Array.from({ length: 8 }, (_, since) => book({ since })));
      expect(booked.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(await store().open()).toMatchObject([{ since: 0 }]);
    });

    it('[R81] once it is at its end the number may be booked again', async () => {
      const { callback } = await book();
      await store().finish(callback.callbackId, 'reached', 'reached');
      expect(await store().open()).toEqual([]);
      expect((await book()).isNew).toBe(true);
    });

    it('[R82] the longest wait comes first', async () => {
      await book({ number: '2', since: 20 });
      await book({ number: '1', since: 10 });
      await book({ number: '3', since: 30 });
      expect((await store().open()).map(({ number }) => number)).toEqual(['1', '2', '3']);
    });

    it('[R83] one of several begins a try, and it is counted before anything is dialled', async () => {
      const { callback } = await book();
      const { callbackId } = callback;
      const begun = await Promise.all(Array.from({ length: 5 }, () => store().begin(callbackId, 1, 60_000)));
      expect(begun.filter(Boolean)).toHaveLength(1);
      await site.reopen();
      expect(await store().open()).toMatchObject([{ callbackId, attempts: 1, dueAt: 60_000 }]);
      expect(await store().begin(callbackId, 1, 90_000)).toBe(false);
      await store().missed(callbackId, 'busy');
      expect(await store().begin(callbackId, 2, 90_000)).toBe(true);
      await store().finish(callbackId, 'notReached', 'noAnswer');
      expect(await store().begin(callbackId, 3, 90_000)).toBe(false);
      await store().finish(callbackId, 'reached');
      expect(await store().open()).toEqual([]);
    });

    it('[R84] one is taken back once, and the audit says by whom', async () => {
      const { callback } = await book();
      expect(await store().cancel(callback.callbackId, 'user-sam')).toBe(true);
      expect(await store().cancel(callback.callbackId, 'user-sam')).toBe(false);
      expect(await store().open()).toEqual([]);
      expect(await store().begin(callback.callbackId, 1, 60_000)).toBe(false);
      expect(await site.records.audit.list(5)).toMatchObject([
        { actor: 'user-sam', action: 'callback.cancelled', target: callback.callbackId },
      ]);
    });

    it('[R6] odd names are kept as far as a database can', async () => {
      const { callback } = await book({ callerName: 'A\u0000da \ud800', path: [{ step: 'x', label: '\u0000"' }] });
      expect(callback.callerName).toBe('A\ufffdda \ufffd');
      expect(await store().open()).toEqual([callback]);
    });
  });
}
