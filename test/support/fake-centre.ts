import { readFileSync } from 'node:fs';
import { MemoryClaimStore } from '../../src/adapters/memory/claim-store.ts';
import type { PageSession, PageSocket } from '../../src/agents/desk-service.ts';
import { type CallCentre, makeCallCentre } from '../../src/call-centre.ts';
import type { IntakeDeps } from '../../src/calls/intake.ts';
import { loadNumbers } from '../../src/calls/numbers.ts';
import type { CallerSignalling, IncomingCall, SignallingListener } from '../../src/calls/signalling.ts';
import { loadTrunks } from '../../src/calls/trunks.ts';
import { loadCalendar } from '../../src/flows/calendars/calendar.ts';
import { bindCalendars, type Flow } from '../../src/flows/language/flow.ts';
import { loadFlow } from '../../src/flows/language/load.ts';
import type { DeskAsk, DeskFrame, DeskState } from '../../src/protocol/desk.ts';
import type { ClaimStore } from '../../src/queues/claim-store.ts';
import { loadQueue } from '../../src/queues/queue-settings.ts';
import type { CallFact } from '../../src/reports/journal.ts';
import { type FailureCode, ParleyError } from '../../src/shared/errors.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { FakeDialler } from './fake-dialler.ts';
import { FakeMedia } from './fake-media.ts';
import { flowOf } from './flow-call.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryCallbacks } from './memory-callbacks.ts';

/** Everything that waits in this turn has happened. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A carrier's caller at the port: what we did to them, and the means to do something to us. */
export class FakeCaller implements CallerSignalling {
  readonly kind = 'carrier';
  done: 'nothing' | 'answered' | 'hungUp' = 'nothing';
  refusedWith: FailureCode | undefined;
  rang = 0;
  /** When false, a test says when the answer is out. */
  answersAtOnce = true;
  listener: SignallingListener | undefined;

  listen(listener: SignallingListener): void {
    this.listener = listener;
  }

  ring(): void {
    this.rang += 1;
  }

  answer(): void {
    this.done = 'answered';
    if (this.answersAtOnce) this.listener?.answered('dialog-1');
  }

  refuse(code: FailureCode): void {
    this.refusedWith = code;
  }

  hangUp(): void {
    this.done = 'hungUp';
  }

  incoming(number = '1000'): IncomingCall {
    return { ...this.incomingLate(number), offer: 'v=0 offer' };
  }

  /** A call without an offer. */
  incomingLate(number = '1000'): IncomingCall {
    const caller = { callerNumber: '+49301234567', calledNumber: number, address: '127.0.0.1', sipCallId: 'sip-1' };
    return { signalling: this, ...caller };
  }

  hangsUp(): void {
    this.listener?.ended('caller', 'caller hung up');
  }
}

/** An agent's page at the port. */
export class FakeDesk implements PageSocket<DeskFrame> {
  state: DeskState | undefined;
  mediaLost = 0;
  closeCode: number | undefined;
  session: PageSession<DeskAsk> | undefined;

  send(frame: DeskFrame): void {
    if ('event' in frame && frame.event === 'desk') this.state = frame.desk;
    if ('event' in frame && frame.event === 'mediaLost') this.mediaLost += 1;
  }

  close(code: number): void {
    this.closeCode = code;
    this.session?.closed();
  }

  async ask(body: DeskAsk): Promise<Record<string, unknown>> {
    if (!this.session) throw new Error('no session');
    const result = await this.session.ask(body);
    await settle();
    return result;
  }

  async openAudio(): Promise<void> {
    await this.ask({ ask: 'media.open' });
    await this.ask({ ask: 'media.connect', transportId: 'transport', dtlsParameters: {} });
  }
}

export interface FakeCentre extends CallCentre {
  media: FakeMedia;
  dialler: FakeDialler;
  store: MemoryCallbacks;
  clock: ManualClock;
  facts: CallFact[];
  claims: ClaimStore;
  call(number?: string): Promise<FakeCaller>;
  desk(name: string, skills?: string[]): FakeDesk;
  /** An agent with audio who is available. */
  agent(name: string, skills?: string[]): Promise<FakeDesk>;
  /** Facts of one type. */
  of<T extends CallFact['type']>(type: T): Extract<CallFact, { type: T }>[];
}

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

function welcome(): Flow {
  const loaded = loadFlow(text('ivr-flows/welcome.yaml'), 'welcome.yaml');
  const calendar = loadCalendar(text('ivr-flows/calendars/support.yaml'), 'support.yaml');
  if (!loaded.ok || !calendar.ok) throw new Error('the seeded flow is broken');
  return bindCalendars(loaded.flow, new Map([['support', calendar.calendar]]));
}

interface FakeCentreOptions {
  maxCalls?: number;
  claims?: ClaimStore;
  /** Of an earlier run, perhaps. */
  callbacks?: MemoryCallbacks;
  clock?: ManualClock;
  queue?: string;
  /** Text of `numbers.yaml`. */
  numbers?: string;
  /** Text of `trunks.yaml`. */
  trunks?: string;
  hold?: IntakeDeps['hold'];
  /** Text of a flow that number 2000 leads to, with the answers of services it asks. */
  flow?: string;
  request?: IntakeDeps['outside']['request'];
}

/** Calls, agents and queues as the app joins them, with fakes at every port and a clock that a test moves. */
export function makeFakeCentre(options: FakeCentreOptions = {}): FakeCentre {
  const clock = options.clock ?? new ManualClock();
  const media = new FakeMedia(() => clock.now());
  const dialler = new FakeDialler();
  const callbacks = options.callbacks ?? new MemoryCallbacks(() => clock.now());
  const facts: CallFact[] = [];
  const flow = welcome();
  const own = options.flow === undefined ? undefined : flowOf(options.flow);
  const queue = loadQueue(options.queue ?? text('ivr-flows/queues/support.yaml'), 'support.yaml');
  const numbers = loadNumbers(
    options.numbers ??
      'numbers: { "1000": welcome, "1001": gone, "1002": { flow: welcome, record: call }, "2000": own }',
    'n',
  );
  const trunks = loadTrunks(options.trunks ?? 'trunks: { local: { from: [127.0.0.0/8] } }', 't');
  if (!queue.ok || !numbers.ok || !trunks.ok) throw new Error('the settings of the test are broken');
  const claims = options.claims ?? new MemoryClaimStore(clock);
  const centre = makeCallCentre({
    media,
    journal: { write: (fact) => facts.push(fact), flushed: async () => {} },
    claims,
    dialler,
    request: options.request ?? (() => Promise.reject(new ParleyError('http.unreachable'))),
    callbackStore: callbacks,
    queueSettings: (name) => (name === 'support' ? queue.settings : undefined),
    makeAudio: async (items) => items.map(() => ({ type: 'prompt', hash: '0'.repeat(64) })),
    music: () => [{ type: 'prompt', hash: 'f'.repeat(64) }],
    numbers: () => numbers.numbers,
    trunks: () => trunks.trunks,
    hold:
      options.hold ??
      (({ flow: name }) => {
        const found = name === 'own' ? own : name === 'welcome' ? flow : undefined;
        return found && { flow: found, alias: 'draft', release: () => {} };
      }),
    maxCalls: options.maxCalls ?? 100,
    clock,
    log: createLogger('test', { level: process.env['TEST_LOG'] ?? 'silent' }),
  });
  const desk = (name: string, skills: string[] = []): FakeDesk => {
    const page = new FakeDesk();
    page.session = centre.roster.openDesk({ id: `user-${name}`, name, displayName: name, role: 'agent', skills }, page);
    return page;
  };
  return {
    ...centre,
    media,
    dialler,
    store: callbacks,
    clock,
    facts,
    claims,
    desk,
    agent: async (name, skills) => {
      const page = desk(name, skills);
      await page.openAudio();
      await page.ask({ ask: 'goAvailable' });
      return page;
    },
    call: async (number) => {
      const caller = new FakeCaller();
      centre.intake.incoming(caller.incoming(number));
      await settle();
      return caller;
    },
    of: (type) => facts.filter((fact): fact is Extract<CallFact, { type: typeof type }> => fact.type === type),
  };
}
