import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readByteRange } from '../../../src/adapters/http/byte-range.ts';
import { readSessionCookie, sessionCookie } from '../../../src/adapters/http/cookie.ts';
import { isForeign } from '../../../src/adapters/http/origin.ts';
import { TokenBucket } from '../../../src/adapters/ws/token-bucket.ts';

describe('byte ranges', () => {
  it('[H20] whatever the header, a range lies within the body and holds at least one byte', () => {
    const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9-]{0,20}$/));
    fc.assert(
      fc.property(header, fc.nat(5_000), (text, size) => {
        const range = readByteRange(text, size);
        if (typeof range === 'string') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(size);
      }),
    );
  });
});

describe('session cookie', () => {
  const token = 'abcdefghijklmnopqrstuvwxyz_-0123';

  it('[H10] is found among others and read back as it was set', () => {
    const [pair = ''] = sessionCookie(token, { maxAgeMs: 1_000, secure: true }).split(';');
    expect(readSessionCookie(`theme=dark; ${pair};x=y`)).toBe(token);
  });

  it('[H14] anything that cannot be a token of ours is no token', () => {
    for (const header of [
      undefined,
      '',
      'parley_session',
      'parley_session=',
      'parley_session=short',
      'xparley_session=0123456789012345',
    ]) {
      expect(readSessionCookie(header)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readSessionCookie(text) ?? token).toMatch(/^[A-Za-z0-9_-]{16,200}$/);
      }),
    );
  });
});

describe('origin', () => {
  it('[H15] ours is the host that was asked, with http or https', () => {
    const host = 'parley.example:8443';
    expect(isForeign({ host, origin: 'https://parley.example:8443' })).toBe(false);
    expect(isForeign({ host: 'Parley.Example', origin: 'https://parley.example' })).toBe(false);
    expect(isForeign({ host })).toBe(false);
    expect(isForeign({ host, 'sec-fetch-site': 'same-origin' })).toBe(false);
  });

  it('[H15] no made-up origin is taken for ours', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (origin) => {
        expect(isForeign({ host: 'parley.internal:8080', origin })).toBe(true);
      }),
    );
  });
});

describe('token bucket', () => {
  it('[H34] never lets more through than its burst and its rate, and recovers', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 200 }), (pauses) => {
        let now = 0;
        const bucket = new TokenBucket({ now: () => now, after: () => () => {} }, { burst: 5, perSecond: 10 });
        let passed = 0;
        for (const pause of pauses) {
          now += pause;
          if (bucket.take()) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(5 + (now / 1_000) * 10 + 1e-6);
        now += 1_000;
        expect(bucket.take()).toBe(true);
      }),
    );
  });

  it('[H34] a clock set back neither blocks nor opens it', () => {
    let now = 10_000;
    const bucket = new TokenBucket({ now: () => now, after: () => () => {} }, { burst: 2, perSecond: 1 });
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
    now = 0;
    expect(bucket.take()).toBe(false);
    now = 1_000;
    expect(bucket.take()).toBe(true);
  });
});
