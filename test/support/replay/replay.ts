import { setImmediate, setTimeout } from 'node:timers/promises';
import { createLogger } from '../../../src/shared/logger.ts';
import { encodeFrame } from '../../../src/sip/frames/codec.ts';
import { type SipServer, startSipServer } from '../../../src/sip/server.ts';
import { ManualClock } from '../manual-clock.ts';
import type { Trace, TraceEvent } from '../trace.ts';
import { compareSip, cseqScope, type Difference, nameOf, readSip, sameKind } from './compare.ts';
import { appEnd, type End, tcpEnd, udpEnd } from './ends.ts';
import { compareFrames, readFrame, sameFrame } from './frames.ts';
import type { Received } from './inbox.ts';
import { TraceValues } from './values.ts';

/** The SIP port of the server in the traces, and the secret that Apps gave it. */
const TRACE_SIP_PORT = 5270;
const TRACE_SECRET = 'cymru';

/** How long nothing may come before a message counts as missing, in ms of real time: generous, for it is only spent on failures. */
const PATIENCE_MS = 8_000;
/** Real time that sockets get to deliver before the server's clock is moved on. */
const GRACE_MS = 2_000;
const SHORT_GRACE_MS = 10;
/** How long a message is waited for that is known to be missing; were it late, it would be told as one too many. */
const KNOWN_PATIENCE_MS = 200;

/** Longer gaps than this are taken for waiting on a timer of the server's. */
const TIMER_GAP_MS = 200;

type Frame = Extract<TraceEvent, { kind: 'frame' }>;
type Sip = Extract<TraceEvent, { kind: 'sip' }>;

/**
 * Plays a trace against a server of ours: what App and peers sent is sent again over real sockets, with this run's ids and
 * ports put in, and what the server sends is compared. The server's clock follows the times of the trace. Differences
 * whose `what` is in `known` are not waited for.
 */
export async function replay(trace: Trace, known: ReadonlySet<string> = new Set()): Promise<Difference[]> {
  const clock = new ManualClock();
  const server = await startSipServer({
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    secret: TRACE_SECRET,
    clock,
    log: createLogger('sip', { level: 'silent' }),
  });
  const run = new Replay(server, clock, known);
  try {
    await run.open(trace);
    for (const event of trace.events) await run.play(event);
    return await run.finish();
  } finally {
    run.close();
    await server.close();
  }
}

class Replay {
  readonly #server: SipServer;
  readonly #clock: ManualClock;
  readonly #known: ReadonlySet<string>;
  readonly #startMs: number;
  readonly #values = new TraceValues();
  readonly #differences: Difference[] = [];
  readonly #phones = new Map<string, End>();
  readonly #apps: End[] = [];
  readonly #openApps: End[] = [];
  /** The App that speaks when the trace does not tell which one. */
  #app: End | undefined;
  #authenticated = new Set<End>();
  #lastMs = 0;
  /** What the server sent in the trace, by who heard it: a second time the same is a retransmission. */
  #expected = new Map<string, Set<string>>();

  constructor(server: SipServer, clock: ManualClock, known: ReadonlySet<string>) {
    this.#server = server;
    this.#clock = clock;
    this.#known = known;
    this.#startMs = clock.now();
    this.#values.bindPort(TRACE_SIP_PORT, server.sipPort);
  }

  async open({ events }: Trace): Promise<void> {
    for (const event of events) {
      if (event.kind !== 'sip') continue;
      const key = phoneKey(event);
      if (this.#phones.has(key)) continue;
      const phone = await (event.port === undefined ? tcpEnd : udpEnd)(event.party, this.#server.sipPort);
      this.#phones.set(key, phone);
      const port = event.port ?? Number(/^Via: SIP\/2\.0\/TCP [\d.]+:(\d+)/m.exec(event.text)?.[1]);
      this.#values.bindPort(port, phone.port);
    }
  }

  async play(event: TraceEvent): Promise<void> {
    if (event.kind === 'note') {
      await this.#note(event.text);
      return;
    }
    if (event.by === 'server') {
      await (event.kind === 'frame' ? this.#expectFrame(event) : this.#expectSip(event));
      await this.#passTo(event.atMs);
    } else {
      await this.#passTo(event.atMs);
      await (event.kind === 'frame' ? this.#sendFrame(event) : this.#sendSip(event));
    }
    this.#lastMs = event.atMs;
  }

  /** What came that the trace does not have, retransmissions aside. */
  async finish(): Promise<Difference[]> {
    await setTimeout(100);
    for (const { inbox } of [...this.#phones.values(), ...this.#apps]) {
      for (const { text, repeat, taken } of inbox.items) {
        if (!taken && !repeat)
          this.#differences.push({ what: `extra to ${inbox.name}: ${briefOf(inbox.name, text)}`, detail: text });
      }
    }
    if (this.#server.stats().faults > 0) this.#differences.push({ what: 'a fault in the server', detail: '' });
    return this.#differences;
  }

  close(): void {
    for (const end of [...this.#phones.values(), ...this.#apps]) end.close();
  }

  /** Notes tell when a connection of the App's was closed; the other notes are for readers. */
  async #note(text: string): Promise<void> {
    if (!/^(server closed the socket|probe socket closed)$/.test(text.trim())) return;
    // A new connection may be noted before the end of the old one.
    const gone = this.#openApps.shift();
    gone?.close();
    if (gone === this.#app) this.#app = undefined;
    await setTimeout(SHORT_GRACE_MS);
  }

  async #sendFrame({ text }: Frame): Promise<void> {
    const isAuthenticate = /^\d+#[^|]*\|authenticate\|/.test(text);
    if (!this.#app || (isAuthenticate && this.#authenticated.has(this.#app))) {
      this.#app = await appEnd(this.#server.adminPort);
      this.#apps.push(this.#app);
      this.#openApps.push(this.#app);
    }
    if (isAuthenticate) this.#authenticated.add(this.#app);
    if (text.startsWith('(raw) ')) {
      this.#app.send(Buffer.from(text.slice('(raw) '.length)));
      return;
    }
    const payload = this.#liveText(text.slice(text.indexOf('#') + 1));
    const { tokens, sip } = readFrame(payload);
    this.#appFor(tokens)?.send(encodeFrame(tokens.join('|'), sip === undefined ? undefined : Buffer.from(sip)));
  }

  /** An answer goes over the connection that brought the request. */
  #appFor(tokens: string[]): End | undefined {
    const [, type, transactionId, dialogId] = tokens;
    const id = type === 'sip' ? transactionId || dialogId : undefined;
    if (!id) return this.#app;
    const brought = this.#apps.filter(({ inbox }) => inbox.items.some(({ text }) => text.includes(id)));
    return brought.at(-1) ?? this.#app;
  }

  async #sendSip(event: Sip): Promise<void> {
    const phone = this.#phones.get(phoneKey(event));
    if (!phone) throw new Error(`no phone for ${phoneKey(event)}`);
    phone.send(Buffer.from(withLength(this.#liveText(event.text))));
    await setImmediate();
  }

  async #expectFrame({ text, atMs }: Frame): Promise<void> {
    const expected = readFrame(text.slice(text.indexOf('#') + 1));
    const what = `missing to app: ${briefOf('app', expected.tokens.join('|') + (expected.sip === undefined ? '' : `\r\n${expected.sip}`))}`;
    const received = await this.#receive(this.#apps, what, atMs, ({ text: live }) =>
      sameFrame(this.#values, expected, readFrame(live)),
    );
    if (received) this.#differences.push(...compareFrames(this.#values, expected, readFrame(received.text)));
  }

  async #expectSip(event: Sip): Promise<void> {
    const phone = this.#phones.get(phoneKey(event));
    const heard = this.#expected.get(phoneKey(event)) ?? new Set();
    const again = heard.has(event.text);
    this.#expected.set(phoneKey(event), heard.add(event.text));
    const ends = phone ? [phone] : [];
    if (event.text.trim() === '') {
      await this.#receive(ends, `missing to ${event.party}: line end`, event.atMs, ({ text }) => text.trim() === '');
      return;
    }
    const expected = readSip(event.text);
    const what = `missing to ${event.party}: ${again ? 'repeated ' : ''}${nameOf(expected)}`;
    const received = await this.#receive(ends, what, event.atMs, ({ text, repeat }) => {
      return repeat === again && text.trim() !== '' && sameKind(this.#values, expected, readSip(text));
    });
    if (received)
      this.#differences.push(...compareSip(this.#values, `to ${event.party}:`, expected, readSip(received.text)));
  }

  /** Waits for a message; the server's clock goes on, up to a little past the time that the trace has, while none comes. */
  async #receive(
    ends: readonly End[],
    what: string,
    atMs: number,
    fits: (item: Received) => boolean,
  ): Promise<Received | undefined> {
    const limit = this.#startMs + Math.ceil(atMs * 1.2) + 1_500;
    const step = Math.max(20, Math.ceil((limit - this.#clock.now()) / 50));
    const grace = atMs - this.#lastMs > TIMER_GAP_MS ? SHORT_GRACE_MS : GRACE_MS;
    const patience = this.#known.has(what) ? KNOWN_PATIENCE_MS : PATIENCE_MS;
    const startedAt = performance.now();
    for (;;) {
      for (const { inbox } of ends) {
        const found = inbox.take(fits);
        if (found) return found;
      }
      const waited = performance.now() - startedAt;
      if (waited > patience) break;
      if (waited > grace && this.#clock.now() < limit) this.#clock.pass(step);
      await Promise.race(ends.map(({ inbox }) => inbox.stirred(SHORT_GRACE_MS)));
    }
    this.#differences.push({ what, detail: ends.map(({ inbox }) => inbox.items.at(-1)?.text).join() });
    return undefined;
  }

  async #passTo(atMs: number): Promise<void> {
    const left = this.#startMs + atMs - this.#clock.now();
    if (left > 0) this.#clock.pass(left);
    await setImmediate();
  }

  /** Text that App or peer sends, with this run's ids, ports and numbers. */
  #liveText(text: string): string {
    // What an App sends within a dialog has neither Call-ID nor From, but the dialog's name is made of both.
    const [, dialogCallId = '', dialogTag = ''] = /\|([^|\r\n]+);from-tag=([^|\r\n]+)/.exec(text) ?? [];
    const callId = /^(?:call-id|i): *([^\r\n]+)/im.exec(text)?.[1] ?? dialogCallId;
    const fromTag = /^from:.*;tag=([^;\r\n]+)/im.exec(text)?.[1] ?? dialogTag;
    const scope = cseqScope(callId, fromTag);
    const numbered = text
      .replace(/^(cseq: *)(\d+)/im, (_, name: string, n: string) => `${name}${this.#values.number(scope, Number(n))}`)
      .replace(/^(rack: *)(\d+) (\d+)/im, (_, name: string, rseq: string, n: string) => {
        const live = this.#values.number(`rseq ${callId}`, Number(rseq));
        return `${name}${live} ${this.#values.number(scope, Number(n))}`;
      });
    return this.#values.live(numbered);
  }
}

function phoneKey({ party, port }: Sip): string {
  return port === undefined ? `${party} tcp` : `${port}`;
}

/** Ports have more digits in this run than in the trace, so bodies may be longer. */
function withLength(text: string): string {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return text.replace(/^(content-length: *)\d+/im, `$1${Buffer.byteLength(body)}`);
}

function briefOf(inboxName: string, text: string): string {
  if (text.trim() === '') return 'line end';
  if (inboxName !== 'app') return nameOf(readSip(text));
  const { tokens, sip } = readFrame(text);
  const kind = tokens[1] === 'response' ? tokens[3] : tokens[1];
  return sip === undefined ? `${kind}` : `${kind} ${nameOf(readSip(sip))}`;
}
