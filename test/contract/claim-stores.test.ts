import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryClaimStore } from '../../src/adapters/memory/claim-store.ts';
import { RedisClaimStore } from '../../src/adapters/redis/claim-store.ts';
import { connectRedis } from '../../src/adapters/redis/client.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { describeWith } from '../support/peers.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { claimStoreContract } from './claim-store.ts';

const log = createLogger('test', { level: 'silent' });

claimStoreContract('memory', async () => {
  const clock = new ManualClock();
  return {
    store: new MemoryClaimStore(clock),
    pass: async (ms) => clock.pass(ms),
    close: async () => undefined,
  };
});

describeWith('redis-server', 'claims in Redis', () => {
  let server: RedisServer & { port: number };
  let sites = 0;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  claimStoreContract('a Redis of their own', async () => {
    const client = await connectRedis(server.url, log);
    sites += 1;
    return {
      store: new RedisClaimStore(client, `site-${sites}`),
      pass: async (ms) => {
        await sleep(ms);
      },
      close: async () => client.destroy(),
    };
  });

  describe('between nodes', () => {
    it('[R40] two nodes that want the same caller at once get one claim', async () => {
      const clients = await Promise.all([connectRedis(server.url, log), connectRedis(server.url, log)]);
      const stores = clients.map((client) => new RedisClaimStore(client, 'nodes'));
      for (let round = 0; round < 25; round += 1) {
        const outcomes = await Promise.all(
          stores.map((store, node) =>
            store.claim({ claimId: `o-${round}-${node}`, callId: `call-${round}`, agentId: `a-${node}` }, 60_000),
          ),
        );
        expect(outcomes.toSorted()).toEqual(['callTaken', 'claimed']);
        await Promise.all(stores.map((store, node) => store.release(`o-${round}-${node}`)));
      }
      for (const client of clients) client.destroy();
    });

    it('[R45] a Redis that is away is told as such, and is used again once it is back', async () => {
      const first = await startRedis();
      const client = await connectRedis(first.url, log);
      const store = new RedisClaimStore(client);
      const wanted = { claimId: 'offer-1', callId: 'call-1', agentId: 'amy' };
      expect(await store.claim(wanted, 60_000)).toBe('claimed');
      await first.stop();
      await expect(store.list()).rejects.toMatchObject({ code: 'store.unreachable' });
      const back = new Promise((resolve) => client.once('ready', resolve));
      const second = await startRedis(first.port);
      await back;
      // The scripts went with the old server; they are handed over again.
      expect(await store.claim(wanted, 60_000)).toBe('claimed');
      client.destroy();
      await second.stop();
    });
  });
});
