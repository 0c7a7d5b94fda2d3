import { afterEach, describe, expect, it } from 'vitest';
import type { Callback } from '../../../src/calls/callback-store.ts';
import { ParleyError } from '../../../src/shared/errors.ts';
import { PASSWORD, sampleRecord } from '../../support/web/fake-records.ts';
import { startWebSite, type WebSite, type WebSiteOptions } from '../../support/web/web-site.ts';

let site: WebSite | undefined;

async function start(options?: WebSiteOptions): Promise<WebSite> {
  site = await startWebSite(options);
  return site;
}

afterEach(async () => {
  await site?.close();
  site = undefined;
});

function logIn(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function codeOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

const amy = { name: 'amy', password: PASSWORD };

describe('log-in', () => {
  it('[H10] a right password gives the user and a cookie that scripts and other sites cannot use', async () => {
    const { url } = await start();
    const response = await logIn(url, amy);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      id: 'user-amy',
      name: 'amy',
      displayName: 'Amy Adams',
      role: 'agent',
      skills: [],
    });
    const cookie = response.headers.get('set-cookie');
    expect(cookie).toMatch(/^parley_session=[\w-]+; Path=\/; Max-Age=3[56]\d\d; HttpOnly; SameSite=Strict$/);
    const me = await fetch(`${url}/api/v1/session`, { headers: { cookie: cookie?.split(';')[0] ?? '' } });
    expect(await me.json()).toMatchObject({ name: 'amy' });
  });

  it('[H10] the cookie is Secure when a proxy on this host says HTTPS', async () => {
    const { url } = await start();
    const response = await logIn(url, amy, { 'x-forwarded-proto': 'https' });
    expect(response.headers.get('set-cookie')).toContain('; Secure');
  });

  it('[H10] logging in again ends the session this browser held', async () => {
    const { url, cookieOf } = await start();
    const cookie = await cookieOf('amy');
    await logIn(url, { name: 'sam', password: PASSWORD }, { cookie });
    expect(await codeOf(await fetch(`${url}/api/v1/session`, { headers: { cookie } }))).toEqual([401, 'auth.required']);
  });

  it('[H11] a wrong password and an unknown name look the same, and neither password nor name reaches the log bare', async () => {
    const failed: string[] = [];
    const throttle = { waitMs: () => 0, failed: (name: string) => void failed.push(name), succeeded: () => {} };
    const { url, logged } = await start({ throttle });
    const wrong = await logIn(url, { name: 'amy', password: 'hunter2hunter2' });
    const unknown = await logIn(url, { name: 'nobody', password: 'hunter2hunter2' });
    expect(await codeOf(wrong)).toEqual([401, 'auth.wrongPassword']);
    expect(await codeOf(unknown)).toEqual([401, 'auth.wrongPassword']);
    expect(failed).toEqual(['amy', 'nobody']);
    expect(logged()).toContain('wrong user name or password');
    expect(logged()).toContain('"pii":{"name":"amy"}');
    expect(logged()).not.toContain('hunter2');
  });

  it('[H12] while the throttle says wait, the password is not looked at', async () => {
    let looked = 0;
    const accounts = {
      verify: async () => {
        looked += 1;
        return undefined;
      },
    };
    const throttle = { waitMs: () => 2_500, failed: () => {}, succeeded: () => {} };
    const { url } = await start({ accounts, throttle });
    const response = await logIn(url, amy);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await codeOf(response)).toEqual([429, 'auth.slowDown']);
    expect(looked).toBe(0);
  });

  it('[H13] logging out ends the session and takes the cookie back', async () => {
    const { url, cookieOf } = await start();
    const cookie = await cookieOf('amy');
    const response = await fetch(`${url}/api/v1/session`, { method: 'DELETE', headers: { cookie } });
    expect(response.status).toBe(204);
    expect(response.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await fetch(`${url}/api/v1/session`, { headers: { cookie } })).status).toBe(401);
  });
});

describe('who may what', () => {
  it('[H14] records are for supervisors and admins', async () => {
    const { url, cookieOf, sessions } = await start();
    const asAmy = { headers: { cookie: await cookieOf('amy') } };
    const asSam = { headers: { cookie: await cookieOf('sam') } };
    for (const path of ['/api/v1/calls', '/api/v1/calls/call-1', '/api/v1/recordings/rec-1/audio']) {
      expect(await codeOf(await fetch(url + path))).toEqual([401, 'auth.required']);
      expect(await codeOf(await fetch(url + path, asAmy))).toEqual([403, 'auth.forbidden']);
    }
    expect((await fetch(`${url}/api/v1/calls`, asSam)).status).toBe(200);
    sessions.expireAll();
    expect(await codeOf(await fetch(`${url}/api/v1/calls`, asSam))).toEqual([401, 'auth.required']);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['no URL at all', { origin: '%%%' }],
    ['a file', { origin: 'file://127.0.0.1' }],
    ['a page that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
  ])('[H15] a change asked by %s is refused', async (_, headers) => {
    const { url } = await start();
    expect(await codeOf(await logIn(url, amy, headers))).toEqual([403, 'request.foreignOrigin']);
    const out = await fetch(`${url}/api/v1/session`, { method: 'DELETE', headers });
    expect(await codeOf(out)).toEqual([403, 'request.foreignOrigin']);
  });

  it('[H15] our own pages and programs without an origin are served', async () => {
    const { url } = await start();
    expect((await logIn(url, amy, { origin: url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await logIn(url, amy)).status).toBe(200);
  });
});

describe('bad input', () => {
  it.each([
    ['broken JSON', '{"name":', 400, 'request.invalid'],
    ['no object', '[1,2]', 400, 'request.invalid'],
    ['wrong types', { name: 7, password: {} }, 400, 'request.invalid'],
    ['missing fields', {}, 400, 'request.invalid'],
    ['fields too many', { ...amy, role: 'admin' }, 400, 'request.invalid'],
    ['a prototype', '{"__proto__":{"name":"amy"},"password":"x"}', 400, 'request.invalid'],
    ['a long password', { name: 'amy', password: 'x'.repeat(600) }, 400, 'request.invalid'],
    ['a huge body', { name: 'amy', password: 'x'.repeat(100_000) }, 413, 'request.tooLarge'],
  ])('[H4] log-in with %s is refused', async (_, body, status, code) => {
    const { url } = await start();
    expect(await codeOf(await logIn(url, body))).toEqual([status, code]);
  });

  it('[H4] a form post, as foreign pages could send, is not read', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(amy),
    });
    expect(await codeOf(response)).toEqual([400, 'request.invalid']);
  });

  it('[H2] wrong fields are named and their values not repeated', async () => {
    const { url } = await start();
    const text = await (await logIn(url, { name: '', password: 'hunter2hunter2' })).text();
    expect(text).toContain('body.name');
    expect(text).not.toContain('hunter2');
  });

  it.each([
    '/api/v1/calls?limit=0',
    '/api/v1/calls?limit=201',
    '/api/v1/calls?limit=ten',
    '/api/v1/calls?before=-1',
    '/api/v1/calls?limit=1&limit=2',
    '/api/v1/calls?sort=up',
    '/api/v1/recordings/rec-1/audio?format=exe',
    '/api/v1/recordings/..%2F..%2Fetc%2Fpasswd/audio',
    '/api/v1/recordings/%2e%2e%2f%2e%2e/audio',
    '/api/v1/recordings/rec%00/audio',
    '/api/v1/calls/%E0%A4%A',
    `/api/v1/calls/${'x'.repeat(101)}`,
  ])('[H2,H21] %s answers 400', async (path) => {
    const { url, cookieOf } = await start();
    const response = await fetch(url + path, { headers: { cookie: await cookieOf('sam') } });
    expect(await codeOf(response)).toEqual([400, 'request.invalid']);
  });

  it.each(['/api/v1/nothing', '/desk.html', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e/x', '/.env', '/%00'])(
    '[H1] %s is not there',
    async (path) => {
      const { url } = await start();
      const response = await fetch(url + path);
      expect([400, 404]).toContain(response.status);
      expect(await response.json()).toHaveProperty('error.code');
    },
  );

  it('[H1] a method that a path does not know is not there', async () => {
    const { url, cookieOf } = await start();
    const response = await fetch(`${url}/api/v1/calls`, { method: 'POST', headers: { cookie: await cookieOf('sam') } });
    expect(await codeOf(response)).toEqual([404, 'request.unknown']);
  });

  it('[H3] a bug answers 500 with an id, and its words stay in the log', async () => {
    const callRecords = {
      list: async () => {
        throw new TypeError('secret inner detail');
      },
      get: async () => {
        throw new ParleyError('store.unreachable');
      },
    };
    const { url, cookieOf, logged } = await start({ callRecords });
    const cookie = await cookieOf('sam');
    const response = await fetch(`${url}/api/v1/calls`, { headers: { cookie } });
    const { error } = (await response.json()) as { error: { code: string; text: string; id: string } };
    expect([response.status, error.code]).toEqual([500, 'bug']);
    expect(error.text).not.toContain('secret inner detail');
    expect(logged()).toContain(error.id);
    expect(logged()).toContain('secret inner detail');
    const other = await fetch(`${url}/api/v1/calls/call-1`, { headers: { cookie } });
    expect(await codeOf(other)).toEqual([503, 'store.unreachable']);
  });
});

describe('records', () => {
  it('lists calls newest first by pages and shows one', async () => {
    const records = [1, 2, 3].map((n) => sampleRecord({ callId: `call-${n}`, startedAt: n * 1_000 }));
    const { url, cookieOf } = await start({ records });
    const headers = { cookie: await cookieOf('admin') };
    const read = async (path: string) => (await fetch(`${url}/api/v1${path}`, { headers })).json();
    const first = (await read('/calls?limit=2')) as { calls: { callId: string; startedAt: number }[] };
    expect(first.calls.map((call) => call.callId)).toEqual(['call-3', 'call-2']);
    const second = (await read(`/calls?limit=2&before=${first.calls[1]?.startedAt}`)) as typeof first;
    expect(second.calls.map((call) => call.callId)).toEqual(['call-1']);
    expect(await read('/calls/call-2')).toEqual(records[1]);
    expect(await codeOf(await fetch(`${url}/api/v1/calls/call-4`, { headers }))).toEqual([404, 'call.unknown']);
  });
});

describe('audio', () => {
  const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));
  const audioFiles = { 'rec-1.ogg': { contentType: 'audio/ogg', bytes } };

  async function get(range?: string, more: Record<string, string> = {}): Promise<{ response: Response; body: Buffer }> {
    const { url, cookieOf } = site ?? (await start({ audioFiles }));
    const headers = { cookie: await cookieOf('sam'), ...(range && { range }), ...more };
    const response = await fetch(`${url}/api/v1/recordings/rec-1/audio`, { headers });
    return { response, body: Buffer.from(await response.arrayBuffer()) };
  }

  it('[H20] comes whole when no range is asked', async () => {
    const { response, body } = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('audio/ogg');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-length')).toBe('1000');
    expect(body.equals(bytes)).toBe(true);
  });

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=990-', 990, 1_000],
    ['bytes=-10', 990, 1_000],
    ['bytes=-5000', 0, 1_000],
    ['bytes=999-5000', 999, 1_000],
  ])('[H20] %s gives that part', async (range, from, to) => {
    const { response, body } = await get(range);
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/1000`);
    expect(body.equals(bytes.subarray(from, to))).toBe(true);
  });

  it.each(['bytes=1000-', 'bytes=-0'])('[H20] %s is beyond the end', async (range) => {
    const { response } = await get(range);
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */1000');
  });

  it.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=9-3', 'bytes=a-b', 'bytes=-'])('[H20] %s is ignored', async (range) => {
    expect((await get(range)).body.equals(bytes)).toBe(true);
  });

  it('[H20] If-Range gives the part only while the audio is the same', async () => {
    const tag = (await get()).response.headers.get('etag') ?? '';
    expect((await get('bytes=0-9', { 'if-range': tag })).response.status).toBe(206);
    expect((await get('bytes=0-9', { 'if-range': '"other"' })).response.status).toBe(200);
  });

  it('[H20] audio that is not there yet answers 404', async () => {
    const { url, cookieOf } = await start({ audioFiles });
    const headers = { cookie: await cookieOf('sam') };
    for (const path of ['rec-1/audio?format=mp3', 'rec-2/audio']) {
      expect(await codeOf(await fetch(`${url}/api/v1/recordings/${path}`, { headers }))).toEqual([
        404,
        'recording.unknown',
      ]);
    }
  });
});

describe('health, figures, pages', () => {
  it('[H22] readiness names what is missing', async () => {
    const { url } = await start({ ready: async () => ({ media: false, sip: true }) });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, checks: { media: false, sip: true } });
  });

  it('[H23] figures name routes, not addresses', async () => {
    const { url, cookieOf } = await start();
    await fetch(`${url}/api/v1/calls/call-77`, { headers: { cookie: await cookieOf('sam') } });
    await fetch(`${url}/made-up`);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('route="/api/v1/calls/{callId}",method="GET",status="404"');
    expect(text).toContain('route="other"');
    expect(text).not.toContain('call-77');
    expect(text).not.toContain('made-up');
  });

  it('[H24] the front door leads by role, and unbuilt pages say so', async () => {
    const { url, cookieOf } = await start();
    const door = async (cookie?: string) => {
      const response = await fetch(`${url}/`, { redirect: 'manual', ...(cookie && { headers: { cookie } }) });
      return response.headers.get('location');
    };
    expect(await door()).toBe('/desk');
    expect(await door(await cookieOf('amy'))).toBe('/desk');
    expect(await door(await cookieOf('sam'))).toBe('/console');
    expect(await codeOf(await fetch(`${url}/desk`))).toEqual([503, 'pages.notBuilt']);
  });

  it('[H5] answers carry headers that keep pages to themselves', async () => {
    const { url } = await start();
    const { headers } = await fetch(`${url}/api/v1/session`);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('permissions-policy')).toContain('microphone=(self)');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('[H1] the description holds every route, with shapes and failures', async () => {
    const { url } = await start();
    const api = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    expect(api.openapi).toBe('3.1.0');
    expect(Object.keys(api.paths)).toEqual(
      expect.arrayContaining(['/api/v1/session', '/api/v1/calls/{callId}', '/api/v1/desk', '/api/v1/phone', '/readyz']),
    );
    expect(Object.keys(api.paths['/api/v1/session'] ?? {})).toEqual(['post', 'get', 'delete']);
    expect(Object.keys(api.paths['/api/v1/session']?.['post']?.responses ?? {})).toEqual([
      '200',
      '400',
      '401',
      '403',
      '429',
    ]);
  });
});

describe('callbacks', () => {
  const open: Callback = {
    ...{ callbackId: 'callback-1', queue: 'support', number: '+4930123', calledNumber: '1000', bookedIn: 'call-1' },
    ...{ priority: 0, skills: ['lang:en'], language: 'en', path: [{ step: 'menu' }], mayRecord: true },
    ...{ since: 1, bookedAt: 2, attempts: 1, dueAt: 3 },
  };
  const taken: string[] = [];
  const callbacks = {
    open: async () => [open],
    cancel: async (callbackId: string, actor: string) => {
      taken.push(`${callbackId} by ${actor}`);
      return callbackId === 'callback-1';
    },
  };
  const ask = async (path: string, name: string, method = 'GET', headers = {}) => {
    const { url, cookieOf } = site ?? (await start({ callbacks }));
    return fetch(`${url}/api/v1/callbacks${path}`, { method, headers: { cookie: await cookieOf(name), ...headers } });
  };

  it('[H26] supervisors see who waits to be called back, and take one back', async () => {
    expect(await (await ask('', 'sam')).json()).toEqual({
      callbacks: [
        {
          ...{
            callbackId: 'callback-1',
            queue: 'support',
            number: '+4930123',
            calledNumber: '1000',
            bookedIn: 'call-1',
          },
          ...{ priority: 0, since: 1, bookedAt: 2, attempts: 1, dueAt: 3 },
        },
      ],
    });
    expect((await ask('/callback-1', 'sam', 'DELETE')).status).toBe(204);
    expect(taken).toEqual(['callback-1 by user-sam']);
    expect(await codeOf(await ask('/callback-2', 'sam', 'DELETE'))).toEqual([404, 'callback.unknown']);
    expect(await codeOf(await ask('/..%2f', 'sam', 'DELETE'))).toEqual([400, 'request.invalid']);
  });

  it('[H26] [H14] [H15] agents do neither, and other sites do not either', async () => {
    const before = taken.length;
    expect(await codeOf(await ask('', 'amy'))).toEqual([403, 'auth.forbidden']);
    expect(await codeOf(await ask('/callback-1', 'amy', 'DELETE'))).toEqual([403, 'auth.forbidden']);
    const foreign = { origin: 'https://evil.example' };
    expect(await codeOf(await ask('/callback-1', 'sam', 'DELETE', foreign))).toEqual([403, 'request.foreignOrigin']);
    expect(taken).toHaveLength(before);
  });
});
