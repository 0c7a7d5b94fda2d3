import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { WebSocket } from 'ws';
import { asUser } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { type Site, startSite } from '../../support/site.ts';
import { isOnlyTone, toneWav } from '../../support/tones.ts';
import { tortureMessages } from '../../support/torture.ts';

const STEADY_HZ = 500;
const ROOT = join(import.meta.dirname, '../../..');

const STEADY_FLOW = `flow: steady
version: 1
languages: [en]
start: tone
steps:
  tone: { play: { prompt: steady, bargeIn: none }, next: end }
  end: { hangup: {} }
`;

/**
 * A whole site is thrown everything at while one caller listens to a tone. Each piece of bad input is refused plainly, and the
 * one who listens hears nothing of it.
 */
describeWith(['espeak-ng', 'ffmpeg'], 'bad input at a whole site', () => {
  let folder: string;
  let site: Site;
  let steady: SipPhone;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-bad-input-'));
    const flows = join(folder, 'flows');
    cpSync(join(ROOT, 'ivr-flows'), flows, { recursive: true });
    writeFileSync(join(flows, 'steady.yaml'), STEADY_FLOW);
    writeFileSync(join(flows, 'prompts', 'steady.wav'), toneWav(STEADY_HZ, 60_000));
    mkdirSync(join(folder, 'sip'));
    cpSync(join(ROOT, 'sip-config'), join(folder, 'sip'), { recursive: true });
    const numbers = join(folder, 'sip', 'numbers.yaml');
    writeFileSync(numbers, `${readFileSync(numbers, 'utf8')}  "2000": { flow: steady }\n`);
    site = await startSite({ env: { PARLEY_FLOWS_DIR: flows, PARLEY_SIP_CONFIG_DIR: join(folder, 'sip') } });
  }, 180_000);
  beforeEach(async () => {
    onTestFailed(() => console.log(site.output()));
    steady = await SipPhone.open(site.sipPort);
    await steady.dial('2000');
    await steady.rtp.until(() => isOnlyTone(steady.rtp.audio().slice(-1_600), STEADY_HZ));
    steady.rtp.heard.length = 0;
  });
  afterEach(async () => {
    await steady.rtp.until(() => steady.rtp.audio().length > 8_000);
    const heard = steady.rtp.heard;
    const first = heard[0]?.sequence ?? 0;
    expect(((heard.at(-1)?.sequence ?? 0) - first + 1) & 0xffff).toBe(heard.length);
    expect(isOnlyTone(steady.rtp.payloads(), STEADY_HZ)).toBe(true);
    await steady.hangUp();
    await steady.close();
    expect((await fetch(`${site.httpUrl}/readyz`)).status).toBe(200);
    expect(site.output()).not.toMatch(/"msg":"bug/);
  });
  afterAll(async () => {
    await site?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("RFC 4475's messages and noise over UDP and TCP", { timeout: 60_000 }, async () => {
    const socket = createSocket('udp4');
    for (const { bytes } of tortureMessages()) socket.send(bytes, site.sipPort, '127.0.0.1');
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(60_000, 'A'), Buffer.from('INVITE\0sip:x SIP/2.0\r\n\r\n')])
      socket.send(bytes, site.sipPort, '127.0.0.1');
    for (const { bytes } of tortureMessages()) await throwAt(site.sipPort, bytes);
    await throwAt(site.sipPort, Buffer.alloc(2_000_000, 'A'));
    await throwAt(site.sipPort, Buffer.from(`INVITE sip:1000@h SIP/2.0\r\nContent-Length: 99999999\r\n\r\n`));
    socket.close();
  });

  it('junk on the port of a call in progress', { timeout: 30_000 }, async () => {
    const port = Number(/m=audio (\d+)/.exec(await answerOf(steady))?.[1]);
    const stranger = createSocket('udp4');
    for (let size = 0; size < 1_500; size += 7) stranger.send(Buffer.alloc(size, size & 0xff), port, '127.0.0.1');
    for (let size = 0; size < 200; size += 3) steady.rtp.sendRaw(Buffer.alloc(size, 0x80 | (size & 0x7f)));
    stranger.close();
  });

  it('calls that cannot be taken: each gets its own refusal', { timeout: 30_000 }, async () => {
    expect(await refusalOf('404404')).toBe(404);
    expect(
      await refusalOf(
        '2000',
        'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n',
      ),
    ).toBe(488);
    expect(await refusalOf('2000', 'not a description')).toBe(488);
  });

  it('wrong passwords, oversized bodies and frames, hostile paths', { timeout: 30_000 }, async () => {
    const answers: number[] = [];
    for (let i = 0; i < 6; i += 1) answers.push(await logInStatus('amy', `wrong ${i}`));
    expect(answers.slice(0, 3)).toEqual([401, 401, 401]);
    expect(answers.at(-1)).toBe(429);
    expect(site.output()).not.toContain('wrong 0');
    expect(await logInStatus('x'.repeat(100_000), 'y')).toBe(413);
    const get = await asUser(site, 'sam');
    for (const path of ['/calls/..%2f..%2fetc%2fpasswd', '/recordings/%00/audio', '/calls?limit=-1', '/nothing'])
      expect((await get(path)).status, path).toBeGreaterThanOrEqual(400);
    const cookie = (await logIn('bo', site.password)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const url = `${site.httpUrl.replace('http', 'ws')}/api/v1/phone`;
    const page = new WebSocket(url, { headers: { cookie, origin: site.httpUrl } });
    await once(page, 'open');
    page.send('{"id":1,"ask":"dial"');
    page.send('x'.repeat(70_000));
    const [code] = await once(page, 'close');
    expect(code).toBe(1009);
  });

  it('a flow that breaks: told by line and column, and callers get the last good version', {
    timeout: 30_000,
  }, async () => {
    const file = join(folder, 'flows', 'steady.yaml');
    writeFileSync(file, STEADY_FLOW.replace('next: end', 'next: nowhere'));
    await expect.poll(() => site.output(), { timeout: 10_000 }).toMatch(/steady\.yaml/);
    await expect.poll(() => site.output()).toMatch(/target\.unknown/);
    expect(site.output()).toMatch(/steady\.yaml:6:58 target\.unknown/);
    const next = await SipPhone.open(site.sipPort);
    await next.dial('2000');
    await next.rtp.until(() => isOnlyTone(next.rtp.audio().slice(-1_600), STEADY_HZ));
    await next.hangUp();
    await next.close();
  });

  async function refusalOf(number: string, body?: string): Promise<number> {
    const phone = await SipPhone.open(site.sipPort);
    phone.invite(number, body === undefined ? {} : { body });
    const { status } = await phone.final();
    await phone.close();
    return status;
  }

  function logIn(name: string, password: string): Promise<Response> {
    return fetch(`${site.httpUrl}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: site.httpUrl },
      body: JSON.stringify({ name, password }),
    });
  }

  async function logInStatus(name: string, password: string): Promise<number> {
    return (await logIn(name, password)).status;
  }
});

/** Writes bytes to a TCP port and waits until the other side has had time to choke on them. */
async function throwAt(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
}

/** The description that a re-offer of the same call is answered with. */
async function answerOf(phone: SipPhone): Promise<string> {
  return (await phone.reinvite(phone.rtp.sdp('sendrecv', 2))).body.toString();
}
