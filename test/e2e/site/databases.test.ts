import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { newestRecord } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { type Site, startSite } from '../../support/site.ts';
import { loudness } from '../../support/tones.ts';

/** A site as a company runs it: records in PostgreSQL, claims in Redis. */
describeWith(['postgres', 'redis-server', 'espeak-ng'], 'a site on PostgreSQL and Redis', () => {
  let postgres: PostgresServer;
  let redis: RedisServer & { port: number };
  let site: Site;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    site = await startSite({
      env: { DATABASE_URL: await postgres.createDatabase('parley'), REDIS_URL: redis.url },
    });
  }, 180_000);
  beforeEach(() => {
    onTestFailed(() => console.log(site.output()));
  });
  afterAll(async () => {
    await site?.stop();
    await Promise.all([redis?.stop(), postgres?.stop()]);
  });

  it('answers, and keeps the record', { timeout: 60_000 }, async () => {
    await callAndPress('2');
    const record = await newestRecord(site, ({ endedAt }) => endedAt !== undefined);
    expect(record.steps.map(({ step }) => step)).toEqual(['greeting', 'choose', 'openingHours']);
  });

  it('[H22] says that Redis is gone, takes calls meanwhile, and is ready again when it is back', {
    timeout: 60_000,
  }, async () => {
    expect(await readiness()).toMatchObject({ status: 200, checks: { state: true, records: true } });
    await redis.stop();
    await expect.poll(readiness, { timeout: 15_000 }).toMatchObject({ status: 503, checks: { state: false } });
    await callAndPress('2');
    redis = await startRedis(redis.port);
    await expect.poll(readiness, { timeout: 15_000 }).toMatchObject({ status: 200, checks: { state: true } });
  });

  it('[R51] a call that runs while PostgreSQL is gone is in the records once it is back', {
    timeout: 90_000,
  }, async () => {
    const phone = await SipPhone.open(site.sipPort);
    await phone.dial('1000');
    await postgres.crash();
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-1_600)) > 200);
    await phone.hangUp();
    const { sipCallId } = phone;
    await phone.close();
    await postgres.start();
    const record = await newestRecord(site, ({ legs, endedAt }) => endedAt !== undefined && isOf(legs, sipCallId));
    expect(record).toMatchObject({ endedBy: 'caller' });
  });

  async function callAndPress(key: string): Promise<void> {
    const phone = await SipPhone.open(site.sipPort);
    await phone.dial('1000');
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-1_600)) > 200);
    // The first key ends the greeting and is the answer to the menu.
    await phone.rtp.press(key);
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-1_600)) > 200);
    await phone.hangUp();
    await phone.close();
  }

  async function readiness(): Promise<{ status: number; checks: Record<string, boolean> }> {
    const answer = await fetch(`${site.httpUrl}/readyz`);
    return { status: answer.status, ...((await answer.json()) as { checks: Record<string, boolean> }) };
  }
});

function isOf(legs: { sipCallId?: string | undefined }[], sipCallId: string): boolean {
  return legs.some((leg) => leg.sipCallId === sipCallId);
}
