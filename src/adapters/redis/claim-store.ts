import { z } from 'zod';
import type { Claim, ClaimOutcome, ClaimStore } from '../../queues/claim-store.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { RedisClient } from './client.ts';
import { claimKeys } from './keys.ts';
import { readScript, runScript, type Script } from './script.ts';

const SCRIPTS = {
  claim: readScript('held.lua', 'claim.lua'),
  prolong: readScript('held.lua', 'prolong.lua'),
  release: readScript('held.lua', 'release.lua'),
  list: readScript('held.lua', 'list.lua'),
};

const outcome = z.enum(['claimed', 'callTaken', 'agentTaken']);
const pair = z.tuple([z.string(), z.string()]);
const flatList = z.array(z.coerce.string());

/** Claims of a site of several nodes. The time of a lease is the Redis server's, so that nodes need not agree on theirs. */
export class RedisClaimStore implements ClaimStore {
  readonly #client: RedisClient;
  readonly #keys: string[];

  constructor(client: RedisClient, site = 'default') {
    this.#client = client;
    this.#keys = claimKeys(site);
  }

  async claim(wanted: { claimId: string; callId: string; agentId: string }, leaseMs: number): Promise<ClaimOutcome> {
    const { claimId, callId, agentId } = wanted;
    return outcome.parse(await this.#run(SCRIPTS.claim, [claimId, callId, agentId, String(leaseMs)]));
  }

  async prolong(claimId: string, leaseMs: number): Promise<boolean> {
    return (await this.#run(SCRIPTS.prolong, [claimId, String(leaseMs)])) === 1;
  }

  async release(claimId: string): Promise<void> {
    await this.#run(SCRIPTS.release, [claimId]);
  }

  async list(): Promise<Claim[]> {
    const flat = flatList.parse(await this.#run(SCRIPTS.list, []));
    const claims: Claim[] = [];
    for (let i = 0; i + 2 < flat.length; i += 3) {
      const [claimId = '', ids = '', expiresAt = ''] = flat.slice(i, i + 3);
      const [callId, agentId] = pair.parse(JSON.parse(ids));
      claims.push({ claimId, callId, agentId, expiresAt: Number(expiresAt) });
    }
    return claims;
  }

  async #run(script: Script, values: string[]): Promise<unknown> {
    try {
      return await runScript(this.#client, script, this.#keys, values);
    } catch (error) {
      throw new ParleyError('store.unreachable', { store: 'redis' }, { cause: error });
    }
  }
}
