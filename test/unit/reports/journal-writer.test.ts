import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFactSpill } from '../../../src/adapters/files/fact-spill.ts';
import type { FactSpill, FactStore, KeyedFact } from '../../../src/reports/fact-store.ts';
import type { CallFact } from '../../../src/reports/journal.ts';
import { createJournal } from '../../../src/reports/journal-writer.ts';
import { ParleyError } from '../../../src/shared/errors.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const log = createLogger('test', { level: 'silent' });
const HOUR_MS = 3_600_000;

/** A store that a test can take away, and that refuses facts noted as `poison`. */
class TestStore implements FactStore {
  kept = new Map<string, CallFact>();
  batches: number[] = [];
  tries = 0;
  away = false;
  /** Stores, and then says that it did not: the answer got lost. */
  losesAnswers = false;

  async append(facts: readonly KeyedFact[]): Promise<void> {
    this.tries += 1;
    await new Promise(setImmediate);
    if (this.away) throw new ParleyError('store.unreachable');
    if (facts.some(({ fact }) => fact.type === 'noted' && fact.what === 'poison')) throw new Error('cannot be stored');
    for (const { key, fact } of facts) if (!this.kept.has(key)) this.kept.set(key, fact);
    this.batches.push(facts.length);
    if (this.losesAnswers) throw new ParleyError('store.unreachable');
  }

  get notes(): string[] {
    return [...this.kept.values()].flatMap((fact) => (fact.type === 'noted' ? [fact.what] : []));
  }
}

const note = (what: string): CallFact => ({ callId: 'c', at: 1, type: 'noted', what });
const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `n${from + i}`);

describe('the journal', () => {
  let folder: string;
  let file: string;
  let spill: FactSpill;
  let store: TestStore;
  let clock: ManualClock;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-journal-'));
    file = join(folder, 'journal.spill');
    spill = openFactSpill(file);
    store = new TestStore();
    clock = new ManualClock();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = () => createJournal({ store, spill, clock, log });

  /** Lets time pass until the journal has stored everything. */
  async function settle(journal: { flushed(): Promise<void> }): Promise<void> {
    let done = false;
    void journal.flushed().then(() => {
      done = true;
    });
    await vi.waitFor(
      () => {
        clock.pass(HOUR_MS);
        expect(done).toBe(true);
      },
      { timeout: 10_000, interval: 1 },
    );
  }

  it('[R50] stores in order, and the facts of one tick in one go', async () => {
    const journal = open();
    for (const what of names(0, 1_200)) journal.write(note(what));
    await journal.flushed();
    expect(store.notes).toEqual(names(0, 1_200));
    expect(store.batches).toEqual([500, 500, 200]);
    await journal.flushed();
  });

  it('[R50] gathers the longer the more there is to write, 100 ms at most, and stops when somebody waits', async () => {
    const journal = open();
    const gathered = async (facts: number): Promise<number> => {
      for (const what of names(0, facts)) journal.write(note(what));
      const before = clock.now();
      const { length } = store.batches;
      for (let turn = 0; store.batches.length === length || clock.waiting === 0; turn += 1) {
        if (turn > 20) throw new Error('nothing was stored');
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        if (store.batches.length === length && clock.waiting > 0) clock.pass(25);
      }
      return clock.now() - before;
    };
    expect([await gathered(1), await gathered(2), await gathered(9), await gathered(1)]).toEqual([0, 25, 50, 100]);
    journal.write(note('last'));
    await journal.flushed();
    expect(store.batches).toEqual([1, 2, 9, 1, 1]);
  });

  it('[R51] keeps facts in a file while the store is away, and stores them in order when it is back', async () => {
    const journal = open();
    store.away = true;
    for (const what of names(0, 10)) journal.write(note(what));
    await vi.waitFor(() => expect(spill.size).toBe(10));
    for (const what of names(10, 30)) journal.write(note(what));
    await vi.waitFor(() => expect(spill.size).toBe(30));
    store.away = false;
    for (const what of names(30, 40)) journal.write(note(what));
    await settle(journal);
    expect(store.notes).toEqual(names(0, 40));
    expect(spill.size).toBe(0);
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('[R51] tries again ever more slowly, but at least every five seconds', async () => {
    const journal = open();
    store.away = true;
    journal.write(note('n0'));
    const pauses: number[] = [];
    for (let tries = 1; tries <= 8; tries += 1) {
      await vi.waitFor(() => expect([store.tries, clock.waiting]).toEqual([tries, 1]));
      const before = clock.now();
      while (clock.waiting > 0) clock.pass(250);
      pauses.push(clock.now() - before);
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    store.away = false;
    await settle(journal);
  });

  it('[R52] what waits in the file is stored by the next program', async () => {
    const gone = new TestStore();
    gone.away = true;
    // This journal's clock never moves, so it never tries again: its program is gone.
    const first = createJournal({ store: gone, spill, clock: new ManualClock(), log });
    for (const what of names(0, 700)) first.write(note(what));
    await vi.waitFor(() => expect(spill.size).toBe(700));
    // It died in the middle of writing a line.
    await appendFile(file, '{"key":"cut","fact":{"callI');
    spill = openFactSpill(file);
    expect(spill.size).toBe(700);
    const second = open();
    for (const what of names(700, 720)) second.write(note(what));
    await settle(second);
    expect(store.notes).toEqual(names(0, 720));
  });

  it('[R53] a fact that was stored although the answer got lost is stored once', async () => {
    const journal = open();
    store.losesAnswers = true;
    for (const what of names(0, 5)) journal.write(note(what));
    await vi.waitFor(() => expect(store.tries).toBe(1));
    store.losesAnswers = false;
    await settle(journal);
    expect(store.notes).toEqual(names(0, 5));
  });

  it('[R54] a fact that cannot be stored is put aside and holds up no other', async () => {
    const journal = open();
    for (const what of ['n0', 'poison', 'n1', 'poison', 'n2']) journal.write(note(what));
    await settle(journal);
    expect(store.notes).toEqual(['n0', 'n1', 'n2']);
    const refused = readFileSync(`${file}.refused`, 'utf8').trim().split('\n');
    expect(refused.map((line) => JSON.parse(line))).toMatchObject([
      { fact: { what: 'poison' }, why: 'Error: cannot be stored' },
      { fact: { what: 'poison' } },
    ]);
  });

  it('[R55] write takes the fact as it is now, and never throws', async () => {
    const journal = open();
    const detail: Record<string, unknown> = { n: 1 };
    journal.write({ callId: 'c', at: 1, type: 'noted', what: 'changed later', detail });
    detail['n'] = 2;
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    journal.write({ callId: 'c', at: 1, type: 'noted', what: 'circle', detail: circle });
    await journal.flushed();
    expect([...store.kept.values()]).toMatchObject([{ detail: { n: 1 } }, { detail: { unreadable: true } }]);
  });

  it('[R56] closes in bounded time, with everything that is not stored safe in the file', async () => {
    const journal = open();
    store.away = true;
    for (const what of names(0, 20)) journal.write(note(what));
    const closed = journal.close(1_000);
    await vi.waitFor(
      async () => {
        clock.pass(500);
        expect(await Promise.race([closed.then(() => 'closed'), new Promise(setImmediate)])).toBe('closed');
      },
      { timeout: 10_000, interval: 1 },
    );
    expect(openFactSpill(file).size).toBe(20);
  });
});
