import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/shared/logger.ts';
import { createLogInThrottle, type LogInThrottle } from '../../../src/users/login-throttle.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const log = createLogger('test', { level: 'silent' });
const MINUTE_MS = 60_000;

describe('the slowing down of log-ins', () => {
  let clock: ManualClock;
  let throttle: LogInThrottle;
  beforeEach(() => {
    clock = new ManualClock();
    throttle = createLogInThrottle(clock, log);
  });

  function failTimes(times: number, name: string, address: string): void {
    for (let i = 0; i < times; i += 1) throttle.failed(name, address);
  }

  it('[R26] some mistakes are free, then each doubles the wait, up to a minute', () => {
    const waits: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      throttle.failed('amy', '192.0.2.1');
      waits.push(throttle.waitMs('amy', '192.0.2.1'));
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map((s) => s * 1_000));
  });

  it('[R26] every wait ends by itself, and quiet time clears all', () => {
    failTimes(50, 'amy', '192.0.2.1');
    clock.pass(MINUTE_MS);
    expect(throttle.waitMs('amy', '192.0.2.1')).toBe(0);
    clock.pass(15 * MINUTE_MS);
    throttle.failed('amy', '192.0.2.1');
    expect(throttle.waitMs('amy', '192.0.2.1')).toBe(0);
  });

  it('[R27] one name guessed from many addresses is slowed down, other names are not', () => {
    for (let i = 0; i < 12; i += 1) throttle.failed('AMY ', `192.0.2.${i}`);
    expect(throttle.waitMs('amy', '198.51.100.1')).toBe(4_000);
    expect(throttle.waitMs('bo', '198.51.100.1')).toBe(0);
  });

  it('[R27] many names guessed from one address are slowed down, also within its IPv6 network', () => {
    for (let i = 0; i < 21; i += 1) throttle.failed(`user${i}`, `2001:db8:0:1::${i}`);
    expect(throttle.waitMs('amy', '2001:db8:0:1:ffff::1')).toBe(2_000);
    expect(throttle.waitMs('amy', '2001:db8:0:2::1')).toBe(0);
    for (let i = 0; i < 21; i += 1) throttle.failed(`user${i}`, '::ffff:192.0.2.9');
    expect(throttle.waitMs('amy', '192.0.2.9')).toBeGreaterThan(0);
  });

  it('[R28] strangers cannot hold up someone who has logged in from there before', () => {
    throttle.succeeded('amy', '192.0.2.1');
    for (let i = 0; i < 100; i += 1) throttle.failed('amy', `198.51.100.${i}`);
    expect(throttle.waitMs('amy', '192.0.2.1')).toBe(0);
    expect(throttle.waitMs('amy', '203.0.113.5')).toBe(MINUTE_MS);
    failTimes(5, 'amy', '192.0.2.1');
    expect(throttle.waitMs('amy', '192.0.2.1')).toBe(4_000);
  });

  it('[R28] a success clears the mistakes made from there', () => {
    failTimes(5, 'amy', '192.0.2.1');
    throttle.succeeded('amy', '192.0.2.1');
    throttle.failed('amy', '192.0.2.1');
    expect(throttle.waitMs('amy', '192.0.2.1')).toBe(0);
  });

  it('[R29] a flood of names and addresses fills a bounded memory', () => {
    for (let i = 0; i < 30_000; i += 1) throttle.failed(`user${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    failTimes(4, 'amy', '192.0.2.1');
    expect(throttle.waitMs('amy', '192.0.2.1')).toBe(2_000);
  });
});
