import { expect, test } from 'vitest';
import { InTurn } from '../../../src/media/control/in-turn.ts';
import { LineReader } from '../../../src/media/control/line-reader.ts';
import { BridgeTables } from '../../../src/media/control/tables.ts';
import { PORT_REST_MS, PortPool } from '../../../src/media/rtp/ports.ts';

test('[M40] a leg hears the union of its tables, never itself', () => {
  const tables = new BridgeTables();
  expect(tables.set('talk', { a: ['b', 'a'], b: ['a'] }, 'call-1')).toEqual(new Set(['a', 'b']));
  tables.set('listen', { boss: ['a', 'b'], b: ['boss', 'a'] }, undefined);
  expect(tables.speakersOf('a')).toEqual(['b']);
  expect(tables.speakersOf('b')).toEqual(['a', 'boss']);
  expect(tables.speakersOf('boss')).toEqual(['a', 'b']);
  expect(tables.speakersOf('constructor')).toEqual([]);
});

test('[M40] a table replaces the one before and names everyone it may change', () => {
  const tables = new BridgeTables();
  tables.set('talk', { a: ['b'], b: ['a'] }, undefined);
  expect(tables.set('talk', { c: ['a'] }, undefined)).toEqual(new Set(['a', 'b', 'c']));
  expect(tables.speakersOf('a')).toEqual([]);
  expect(tables.close('talk')).toEqual(new Set(['c']));
  expect(tables.list()).toEqual([]);
});

test('[M43] an endpoint that is gone leaves every table', () => {
  const tables = new BridgeTables();
  tables.set('talk', { a: ['b'], b: ['a'] }, 'call-1');
  tables.set('listen', { boss: ['a', 'b'] }, undefined);
  expect(tables.forget('b')).toEqual(new Set(['a', 'boss']));
  expect(tables.list()).toEqual([
    { bridgeId: 'talk', callId: 'call-1', hears: { a: [] } },
    { bridgeId: 'listen', hears: { boss: ['a'] } },
  ]);
});

test('[M8] ports go round and rest after use; none free is told', () => {
  const pool = new PortPool(20_001, 20_007);
  expect([pool.take(0), pool.take(0), pool.take(0)]).toEqual([20_002, 20_004, 20_006]);
  expect(pool.take(0)).toBeUndefined();
  pool.release(20_004, 100);
  pool.release(20_004, 100);
  expect(pool.inUse).toBe(2);
  expect(pool.take(100 + PORT_REST_MS - 1)).toBeUndefined();
  expect(pool.take(100 + PORT_REST_MS)).toBe(20_004);
  expect(pool.take(1e9)).toBeUndefined();
});

test('[M7] orders of one endpoint run one after the other, also past a failure', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  let open = () => {};
  const first = turns.run('leg', async () => {
    await new Promise<void>((resolve) => {
      open = resolve;
    });
    seen.push('first');
    throw new Error('refused');
  });
  const second = turns.run('leg', async () => seen.push('second'));
  await turns.run('other', async () => seen.push('other'));
  open();
  await expect(first).rejects.toThrow('refused');
  await second;
  expect(seen).toEqual(['other', 'first', 'second']);
});

test('[M71] lines are cut however the bytes arrive, and a line too long ends the stream', () => {
  const reader = new LineReader(10);
  expect(reader.take(Buffer.from('{"a'))).toEqual([]);
  expect(reader.take(Buffer.from('":1}\n\n  \nxy\nz'))).toEqual(['{"a":1}', 'xy']);
  expect(reader.take(Buffer.from('123456789'))).toEqual([]);
  expect(reader.take(Buffer.from('a\n'))).toBeUndefined();
  expect(new LineReader(10).take(Buffer.from('12345678901'))).toBeUndefined();
});
