import { expect, test } from 'vitest';
import { readServiceUrl, readSettings } from '../../../src/config/config.ts';

test('an empty environment gives the defaults, frozen', () => {
  const settings = readSettings({});
  expect(settings.PARLEY_SIP_PORT).toBe(5060);
  expect(settings.PARLEY_RTP_PORTS).toEqual({ min: 20_000, max: 29_999 });
  expect(Object.isFrozen(settings)).toBe(true);
});

test('an empty value counts as absent, for compose files write them so', () => {
  expect(readSettings({ PARLEY_SEED_PASSWORD: '', REDIS_URL: '' }).REDIS_URL).toBeUndefined();
});

test('all mistakes are told together', () => {
  const read = () => readSettings({ PARLEY_SIP_PORT: '70000', PARLEY_RTP_PORTS: '9-1', DATABASE_URL: 'mysql://x/y' });
  expect(read).toThrow(/PARLEY_SIP_PORT[\s\S]*PARLEY_RTP_PORTS[\s\S]*DATABASE_URL/);
});

test('a service URL gives host, port and secret, which may hold any character', () => {
  expect(readServiceUrl('drachtio://:s%40cret@sip.example:9122', 9022)).toEqual({
    host: 'sip.example',
    port: 9122,
    secret: 's@cret',
  });
  expect(readServiceUrl('media://:x@10.0.0.1', 9023).port).toBe(9023);
});
