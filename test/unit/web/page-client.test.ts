import { describe, expect, it } from 'vitest';
import type { DeskAsk } from '../../../src/protocol/desk.ts';
import { PageClient } from '../../../src/web/client/page-client.ts';
import { HandClock } from '../../support/web/hand-clock.ts';
import { SocketPairs } from '../../support/web/socket-pair.ts';

function setUp(options: { session?: boolean | undefined } = { session: true }) {
  const clock = new HandClock(1_000_000);
  const pairs = new SocketPairs();
  const answers = { session: options.session };
  const client = new PageClient<DeskAsk, { presence: string }>('desk', {
    open: pairs.open,
    checkSession: async () => answers.session,
    clock,
    random: () => 1,
  });
  return { clock, pairs, client, answers };
}

/** Lets promises that are already settled be heard. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('PageClient', () => {
  it('[D44] answers find their asks in whatever order they come', async () => {
    const { pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    const first = client.ask({ ask: 'goAvailable' });
    const second = client.ask({ ask: 'hangUp' });
    const [a, b] = pairs.newest.received;
    expect([a?.['body'], b?.['body']]).toEqual([{ ask: 'goAvailable' }, { ask: 'hangUp' }]);
    pairs.newest.send({ re: b?.['id'] as number, ok: false, code: 'agent.wrongState', text: 'no' });
    pairs.newest.send({ re: a?.['id'] as number, ok: true, result: { n: 1 } });
    await expect(first).resolves.toEqual({ n: 1 });
    await expect(second).rejects.toMatchObject({ code: 'agent.wrongState', message: 'no' });
  });

  it('[D44] an ask without an answer fails after ten seconds, and a late answer harms nothing', async () => {
    const { clock, pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    const ask = client.ask({ ask: 'hangUp' });
    clock.pass(10_000);
    await expect(ask).rejects.toMatchObject({ code: 'page.timeout' });
    pairs.newest.send({ re: pairs.newest.received[0]?.['id'] as number, ok: true, result: {} });
  });

  it('[D41] a lost line fails what was asked on it, and asks without a line fail at once', async () => {
    const { pairs, client } = setUp();
    await expect(client.ask({ ask: 'hangUp' })).rejects.toMatchObject({ code: 'page.offline' });
    client.start();
    pairs.newest.accept();
    const ask = client.ask({ ask: 'hangUp' });
    pairs.newest.drop();
    await expect(ask).rejects.toMatchObject({ code: 'page.offline' });
    await expect(client.ask({ ask: 'hangUp' })).rejects.toMatchObject({ code: 'page.offline' });
  });

  it('[D42] comes back by itself, waiting longer each time, with the last state still shown', async () => {
    const { clock, pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    pairs.newest.send({ event: 'desk', desk: { presence: 'talking' } });
    pairs.newest.drop();
    const pauses: number[] = [];
    for (let tries = 2; tries < 9; tries += 1) {
      let waited = 0;
      while (pairs.all.length < tries) {
        clock.pass(250);
        waited += 250;
        await settle();
      }
      pauses.push(waited);
      pairs.newest.drop();
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(client.getSnapshot()).toMatchObject({ connection: 'waiting', state: { presence: 'talking' } });
    client.nudge();
    await settle();
    pairs.newest.accept();
    expect(client.getSnapshot().connection).toBe('open');
  });

  it('[D43] learns that the session is gone, and waits on while that cannot be asked', async () => {
    const { pairs, client, answers } = setUp({ session: undefined });
    client.start();
    pairs.newest.drop();
    client.nudge();
    await settle();
    expect(client.getSnapshot().connection).toBe('waiting');
    answers.session = false;
    client.nudge();
    await settle();
    expect(client.getSnapshot().connection).toBe('loggedOut');
    expect(pairs.all).toHaveLength(1);
  });

  it('[D43] another page takes over until it is taken back', async () => {
    const { clock, pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    pairs.newest.drop(4001);
    clock.pass(60_000);
    client.nudge();
    await settle();
    expect([client.getSnapshot().connection, pairs.all.length]).toEqual(['takenOver', 1]);
    client.takeBack();
    pairs.newest.accept();
    expect(client.getSnapshot().connection).toBe('open');
  });

  it('[D45] a line without beats is given up, one with beats is kept', async () => {
    const { clock, pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    for (let i = 0; i < 4; i += 1) {
      clock.pass(20_000);
      pairs.newest.send({ event: 'beat', at: clock.now() });
    }
    expect(client.getSnapshot().connection).toBe('open');
    clock.pass(35_000);
    expect(client.getSnapshot().connection).toBe('waiting');
    expect(pairs.newest.closedByPage).toBe(true);
    pairs.newest.send({ event: 'desk', desk: { presence: 'ghost' } });
    expect(client.getSnapshot().state).toBeUndefined();
  });

  it('[D46] beats tell how far our clock is off', () => {
    const { clock, pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    pairs.newest.send({ event: 'beat', at: clock.now() + 90_000 });
    expect(client.getSnapshot().clockOffsetMs).toBe(90_000);
  });

  it('[D45] what cannot be read changes nothing', () => {
    const { pairs, client } = setUp();
    client.start();
    pairs.newest.accept();
    const before = client.getSnapshot();
    for (const frame of ['', '{', 'null', '7', '[]', '{"re":99,"ok":true}', '{"event":"phone","phone":{}}']) {
      pairs.newest.send(frame);
    }
    expect(client.getSnapshot()).toEqual(before);
  });

  it('[D47] tells when the audio leg was lost, until told not to', () => {
    const { pairs, client } = setUp();
    let lost = 0;
    const stop = client.onMediaLost(() => {
      lost += 1;
    });
    client.start();
    pairs.newest.accept();
    pairs.newest.send({ event: 'mediaLost' });
    stop();
    pairs.newest.send({ event: 'mediaLost' });
    expect(lost).toBe(1);
  });
});
