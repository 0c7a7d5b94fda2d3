import { step } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  connectionMachine,
} from './connection-machine.ts';

/** A socket, however it is made: a WebSocket in the page, one end of a pair in tests. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface WireEvents {
  opened(): void;
  received(text: string): void;
  /** Called once, after which the wire says nothing more. */
  dropped(code: number): void;
}

export interface PageClientDeps {
  open(events: WireEvents): Wire;
  /** `undefined` when the server could not be asked. */
  checkSession(): Promise<boolean | undefined>;
  clock: Clock;
  /** From 0 to 1; spreads the pages that come back after a restart. */
  random(): number;
}

/** What went wrong with an ask: the server's code, or `page.offline`, `page.timeout`. */
export class AskError extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.name = 'AskError';
    this.code = code;
  }
}

/** What a page shows; a new object after every change. `state` is the last one seen, also while the line is down. */
export interface PageSnapshot<State> {
  connection: ConnectionState['kind'];
  state: State | undefined;
  /** Server's clock minus ours, in ms. */
  clockOffsetMs: number;
}

interface Pending {
  resolve(result: Record<string, unknown>): void;
  reject(error: AskError): void;
  cancelTimeout(): void;
}

type Json = Record<string, unknown>;

const ASK_WITHIN_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server beats every 15 s; two beats missed are a dead line. */
const SILENCE_MS = 35_000;

/** A page's line to the server: comes back by itself, answers asks, and keeps the newest state for the page to show. */
export class PageClient<Ask extends { ask: string }, State> {
  readonly #deps: PageClientDeps;
  readonly #stateEvent: 'desk' | 'phone';
  readonly #listeners = new Set<() => void>();
  readonly #mediaLost = new Set<() => void>();
  readonly #pending = new Map<number, Pending>();
  #connection: ConnectionState = { kind: 'idle' };
  #snapshot: PageSnapshot<State> = { connection: 'idle', state: undefined, clockOffsetMs: 0 };
  #wire: Wire | undefined;
  #nextId = 1;
  #cancelRetry: () => void = () => {};
  #cancelSilence: () => void = () => {};

  constructor(stateEvent: 'desk' | 'phone', deps: PageClientDeps) {
    this.#stateEvent = stateEvent;
    this.#deps = deps;
  }

  readonly getSnapshot = (): PageSnapshot<State> => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Tells when the server has lost this page's audio leg. */
  onMediaLost(listener: () => void): () => void {
    this.#mediaLost.add(listener);
    return () => this.#mediaLost.delete(listener);
  }

  start(): void {
    this.#take({ kind: 'startAsked' });
  }

  stop(): void {
    this.#take({ kind: 'stopAsked' });
  }

  /** Try now instead of waiting out the pause. */
  nudge(): void {
    this.#take({ kind: 'nudged' });
  }

  /** Takes the desk back from the page that took it over. */
  takeBack(): void {
    this.#take({ kind: 'takeBackAsked' });
  }

  /** Resolves with the ask's result, or rejects with an `AskError`. */
  ask(body: Ask): Promise<Json> {
    if (this.#connection.kind !== 'open') return Promise.reject(new AskError('page.offline', 'Not connected'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#deps.clock.after(ASK_WITHIN_MS, () => {
        this.#pending.delete(id);
        reject(new AskError('page.timeout', 'No answer in time'));
      });
      this.#pending.set(id, { resolve, reject, cancelTimeout });
      this.#wire?.send(JSON.stringify({ id, body }));
    });
  }

  #take(event: ConnectionEvent): void {
    const move = step(connectionMachine, this.#connection, event);
    if (!move.moved) return;
    this.#connection = move.state;
    if (move.state.kind !== 'open') this.#cancelSilence();
    for (const effect of move.effects) this.#perform(effect);
    this.#show({ connection: this.#connection.kind });
  }

  #perform(effect: ConnectionEffect): void {
    switch (effect.do) {
      case 'openSocket':
        this.#openSocket();
        break;
      case 'closeSocket':
        this.#wire?.close();
        this.#wire = undefined;
        break;
      case 'checkSession':
        void this.#checkSession();
        break;
      case 'bookRetry':
        this.#cancelRetry = this.#deps.clock.after(this.#pauseMs(effect.attempt), () =>
          this.#take({ kind: 'retryDue' }),
        );
        break;
      case 'cancelRetry':
        this.#cancelRetry();
        break;
      case 'watchSilence':
        this.#watchSilence();
        break;
      case 'failAsks':
        this.#failAsks();
    }
  }

  /** Doubles with each try, and is spread by up to a half so that not all pages come at once. */
  #pauseMs(attempt: number): number {
    const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
    return full * (0.5 + this.#deps.random() / 2);
  }

  #openSocket(): void {
    const isCurrent = (): boolean => this.#wire === wire;
    const wire: Wire = this.#deps.open({
      opened: () => isCurrent() && this.#take({ kind: 'opened' }),
      received: (text) => isCurrent() && this.#received(text),
      dropped: (code) => {
        if (!isCurrent()) return;
        this.#wire = undefined;
        this.#take({ kind: 'dropped', code });
      },
    });
    this.#wire = wire;
  }

  async #checkSession(): Promise<void> {
    const holds = await this.#deps.checkSession().catch(() => undefined);
    this.#take({ kind: holds === undefined ? 'sessionUnknown' : holds ? 'sessionHolds' : 'sessionGone' });
  }

  #watchSilence(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#deps.clock.after(SILENCE_MS, () => this.#take({ kind: 'fellSilent' }));
  }

  #failAsks(): void {
    for (const pending of this.#pending.values()) {
      pending.cancelTimeout();
      pending.reject(new AskError('page.offline', 'The connection was lost'));
    }
    this.#pending.clear();
  }

  #received(text: string): void {
    const frame = parse(text);
    if (!frame) return;
    this.#watchSilence();
    if (typeof frame['re'] === 'number') this.#answered(frame['re'], frame);
    else if (frame['event'] === this.#stateEvent) this.#show({ state: frame[this.#stateEvent] as State });
    else if (frame['event'] === 'beat') this.#show({ clockOffsetMs: Number(frame['at']) - this.#deps.clock.now() });
    else if (frame['event'] === 'mediaLost') for (const listener of this.#mediaLost) listener();
  }

  #answered(id: number, frame: Json): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.cancelTimeout();
    if (frame['ok'] === true) pending.resolve((frame['result'] ?? {}) as Json);
    else pending.reject(new AskError(String(frame['code']), String(frame['text'])));
  }

  #show(change: Partial<PageSnapshot<State>>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function parse(text: string): Json | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null ? (frame as Json) : undefined;
  } catch {
    return undefined;
  }
}
