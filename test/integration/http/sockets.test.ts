import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BEAT_MS } from '../../../src/adapters/ws/page-connection.ts';
import { HandClock } from '../../support/web/hand-clock.ts';
import { startWebSite, type WebSite, type WebSiteOptions } from '../../support/web/web-site.ts';

let site: WebSite | undefined;
const sockets: WebSocket[] = [];

async function start(options?: WebSiteOptions): Promise<WebSite> {
  site = await startWebSite(options);
  return site;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await site?.close();
  site = undefined;
});

/** A page's socket with its frames in the order they came. */
class Page {
  readonly ws: WebSocket;
  readonly #frames: Record<string, unknown>[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly closed: Promise<number>;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => {
      this.#frames.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => ws.once('close', (code) => resolve(code)));
  }

  /** Takes the first frame, present or to come, that `fits`. */
  async frame(fits: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const at = this.#frames.findIndex(fits);
      const [found] = at < 0 ? [] : this.#frames.splice(at, 1);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  async ask(id: number, body: unknown): Promise<Record<string, unknown>> {
    this.send({ id, body });
    return this.frame((frame) => frame['re'] === id);
  }
}

function dial(url: string, path: string, headers: Record<string, string>, options = {}): WebSocket {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers, ...options });
  sockets.push(ws);
  return ws;
}

async function open(at: WebSite, path = '/api/v1/desk', who = 'amy', options = {}): Promise<Page> {
  const page = new Page(dial(at.url, path, { cookie: await at.cookieOf(who), origin: at.url }, options));
  await new Promise((resolve, reject) => page.ws.once('open', resolve).once('error', reject));
  return page;
}

/** The status and code of an upgrade that is refused. */
function refusal(ws: WebSocket): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    ws.on('error', () => {});
    ws.once('open', () => reject(new Error('let in')));
    ws.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode, JSON.parse(text).error.code]));
    });
  });
}

describe('upgrade', () => {
  it('[H30] needs a session', async () => {
    const { url } = await start();
    expect(await refusal(dial(url, '/api/v1/desk', {}))).toEqual([401, 'auth.required']);
    const cookie = 'parley_session=session-token-9999999999';
    expect(await refusal(dial(url, '/api/v1/phone', { cookie }))).toEqual([401, 'auth.required']);
  });

  it('[H30] needs a session that has not expired', async () => {
    const { url, cookieOf, sessions } = await start();
    const cookie = await cookieOf('amy');
    sessions.expireAll();
    expect(await refusal(dial(url, '/api/v1/desk', { cookie }))).toEqual([401, 'auth.required']);
  });

  it('[H30] needs a role that has a desk', async () => {
    const { url, cookieOf } = await start();
    const cookie = await cookieOf('admin');
    expect(await refusal(dial(url, '/api/v1/desk', { cookie }))).toEqual([403, 'auth.forbidden']);
  });

  it('[H30] refuses pages of other sites even with a good cookie', async () => {
    const { url, cookieOf } = await start();
    const cookie = await cookieOf('amy');
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:9']) {
      expect(await refusal(dial(url, '/api/v1/desk', { cookie, origin }))).toEqual([403, 'request.foreignOrigin']);
    }
  });

  it('[H30] a program without an origin goes by its session', async () => {
    const at = await start();
    const ws = dial(at.url, '/api/v1/desk', { cookie: await at.cookieOf('amy') });
    await new Promise((resolve) => ws.once('open', resolve));
  });

  it('[H30] knows two paths only', async () => {
    const { url, cookieOf } = await start();
    const cookie = await cookieOf('amy');
    expect(await refusal(dial(url, '/api/v1/other', { cookie }))).toEqual([404, 'request.unknown']);
    expect(await refusal(dial(url, '/', { cookie }))).toEqual([404, 'request.unknown']);
  });

  it('[H30] a user may have 20 sockets', async () => {
    const at = await start();
    for (let i = 0; i < 20; i += 1) await open(at, '/api/v1/phone');
    const cookie = await at.cookieOf('amy');
    expect(await refusal(dial(at.url, '/api/v1/phone', { cookie }))).toEqual([429, 'request.tooMany']);
  });

  it('[H30] a handshake that is no WebSocket is answered and hung up', async () => {
    const at = await start();
    const cookie = await at.cookieOf('amy');
    const { port } = new URL(at.url);
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(
      `GET /api/v1/desk HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${at.url}/healthz`)).status).toBe(200);
  });
});

describe('asks', () => {
  it('[H31] each is answered once with its own id', async () => {
    const at = await start();
    const page = await open(at);
    expect(await page.frame((frame) => frame['event'] === 'desk')).toMatchObject({
      desk: { user: { name: 'amy' }, presence: 'onBreak' },
    });
    expect(await page.ask(7, { ask: 'goAvailable' })).toEqual({ re: 7, ok: true, result: {} });
    expect(await page.ask(8, { ask: 'answer', offerId: 'gone' })).toEqual({
      re: 8,
      ok: false,
      code: 'agent.wrongState',
      text: 'That cannot be done in the present state',
    });
  });

  it('[H31] a bug in an ask is answered without its words', async () => {
    const at = await start();
    at.phone.media = () => {
      throw new TypeError('secret inner detail');
    };
    const page = await open(at, '/api/v1/phone');
    const answer = await page.ask(1, { ask: 'media.open' });
    expect(answer).toMatchObject({ re: 1, ok: false, code: 'bug' });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(at.logged()).toContain('secret inner detail');
  });

  it.each([
    ['no JSON', '{"id":'],
    ['binary', Buffer.from('{"id":1,"body":{"ask":"hangUp"}}')],
    ['a bare value', '42'],
    ['no body', { id: 1 }],
    ['an unknown ask', { id: 1, body: { ask: 'fireTheBoss' } }],
    ['wrong types', { id: 1, body: { ask: 'mute', on: 'yes' } }],
    ['digits that are none', { id: 1, body: { ask: 'sendDigits', digits: '1;DROP' } }],
    ['fields too many', { id: 1, body: { ask: 'hangUp', force: true } }],
    ['a negative id', { id: -4, body: { ask: 'hangUp' } }],
    ['an id beyond numbers', '{"id":1e400,"body":{"ask":"hangUp"}}'],
    ['deep nesting', `{"id":1,"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ])('[H32] a frame with %s is refused and reaches nobody', async (_, frame) => {
    const at = await start();
    const page = await open(at);
    const served = await at.desk.pages.next();
    page.send(frame);
    expect(await page.frame((one) => one['ok'] === false)).toMatchObject({ code: 'request.invalid' });
    expect(served.asks).toEqual([]);
    expect(await page.ask(2, { ask: 'goAvailable' })).toMatchObject({ ok: true });
  });

  it('[H32] the id is given back when it can be made out', async () => {
    const page = await open(await start());
    expect(await page.ask(5, { ask: 'nothing' })).toMatchObject({ ok: false });
    page.send('nonsense');
    expect(await page.frame((frame) => frame['re'] === -1)).toMatchObject({ code: 'request.invalid' });
  });

  it('[H32,H37] the third malformed frame closes the socket, and the domain hears it', async () => {
    const at = await start();
    const page = await open(at);
    const served = await at.desk.pages.next();
    for (let i = 0; i < 3; i += 1) page.send('nonsense');
    expect(await page.closed).toBe(1008);
    await served.closed();
  });

  it('[H33,H37] an oversized frame closes the socket', async () => {
    const at = await start();
    const page = await open(at);
    const served = await at.desk.pages.next();
    page.send('x'.repeat(64 * 1024 + 1));
    expect(await page.closed).toBe(1009);
    await served.closed();
    expect((await fetch(`${at.url}/healthz`)).status).toBe(200);
  });

  it('[H34] a flood is refused, then cut, and nobody else notices', async () => {
    const at = await start();
    const flooder = await open(at, '/api/v1/phone');
    const served = await at.phone.pages.next();
    const other = await open(at, '/api/v1/desk');
    for (let id = 0; id < 2_000; id += 1) flooder.send({ id, body: { ask: 'sendDigits', digits: '1' } });
    expect(await flooder.frame((frame) => frame['code'] === 'request.tooMany')).toMatchObject({ ok: false });
    expect(await flooder.closed).toBe(1008);
    await served.closed();
    expect(served.asks.length).toBeLessThan(200);
    expect(await other.ask(1, { ask: 'goAvailable' })).toMatchObject({ ok: true });
  });
});

describe('a socket over time', () => {
  it('[H35] beats and pings, and stays while the page answers', async () => {
    const clock = new HandClock();
    const at = await start({ clock });
    const page = await open(at);
    for (let i = 0; i < 3; i += 1) {
      // The automatic pong of `ws` leaves before any later frame of ours, so one ask proves it has arrived.
      const pinged = new Promise((resolve) => page.ws.once('ping', resolve));
      clock.pass(BEAT_MS);
      await Promise.all([pinged, page.frame((frame) => frame['event'] === 'beat')]);
      expect(await page.ask(i, { ask: 'goAvailable' })).toMatchObject({ ok: true });
    }
  });

  it('[H35,H37] a page that leaves a ping unanswered is cut', async () => {
    const clock = new HandClock();
    const at = await start({ clock });
    const page = await open(at, '/api/v1/desk', 'amy', { autoPong: false });
    const served = await at.desk.pages.next();
    const pinged = new Promise((resolve) => page.ws.once('ping', resolve));
    clock.pass(BEAT_MS);
    await pinged;
    clock.pass(BEAT_MS);
    expect(await page.closed).toBe(1006);
    await served.closed();
  });

  it('[H36] a session that ended closes its socket within a minute', async () => {
    const clock = new HandClock();
    const at = await start({ clock });
    const page = await open(at);
    at.sessions.expireAll();
    for (let i = 0; i < 4; i += 1) {
      const pinged = new Promise((resolve) => page.ws.once('ping', resolve));
      clock.pass(BEAT_MS);
      await pinged;
      if (i < 3) await page.ask(i, { ask: 'goAvailable' });
    }
    expect(await page.closed).toBe(4003);
  });

  it('[H36] what the user can do by now is told within a minute', async () => {
    const clock = new HandClock();
    const at = await start({ clock });
    const page = await open(at);
    const served = await at.desk.pages.next();
    at.sessions.skills = ['lang:zh'];
    for (let i = 0; i < 5; i += 1) {
      const pinged = new Promise((resolve) => page.ws.once('ping', resolve));
      clock.pass(BEAT_MS);
      await pinged;
      await page.ask(i, { ask: 'goAvailable' });
    }
    expect(served.user).toMatchObject({ name: 'amy', skills: ['lang:zh'] });
  });

  it('[H13] logging out closes the sockets of that session only', async () => {
    const at = await start();
    const cookie = await at.cookieOf('amy');
    const ws = dial(at.url, '/api/v1/phone', { cookie });
    const page = new Page(ws);
    await new Promise((resolve) => ws.once('open', resolve));
    const other = await open(at, '/api/v1/phone');
    await fetch(`${at.url}/api/v1/session`, { method: 'DELETE', headers: { cookie } });
    expect(await page.closed).toBe(4003);
    expect(await other.ask(1, { ask: 'hangUp' })).toMatchObject({ ok: true });
  });

  it('[H38] a stopping server tells its pages to come back', async () => {
    const at = await start();
    const page = await open(at);
    await at.close();
    expect(await page.closed).toBe(1012);
    site = undefined;
  });
});
