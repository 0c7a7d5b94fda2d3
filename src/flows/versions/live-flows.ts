import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../shared/time.ts';
import type { Calendar } from '../calendars/calendar.ts';
import { type HeldFlow, HeldFlows } from '../held-flows.ts';
import type { Flow } from '../language/flow.ts';
import type { FlowLibrary } from '../library.ts';
import { type FlowBundle, openBundle } from './bundle.ts';
import type { FlowVersionStore, Standing } from './version-store.ts';

export interface LiveFlowsEvents {
  /** New calls of this flow get this version from now on. */
  live: [flow: Flow, number: number];
  /** A stored version cannot be used, or needs what is not there; what was live before stays where there is something. */
  broken: [what: { flow: string; number: number; why: string }];
  /** The store could not be asked (told once until it can), or a version not be made ready; what is live stays. */
  failed: [error: unknown];
}

/** What a call asks for when it comes in. */
export interface FlowWish {
  flow: string;
  callId: string;
  /** The route or the caller wants the flow as it stands in the folder. */
  wantsDraft: boolean;
}

interface Deps {
  /** The drafts, and the calendars that published flows are bound to. */
  library: FlowLibrary;
  store: FlowVersionStore;
  clock: Clock;
  /** Done before a version is put to use. When it rejects, the version is used all the same. */
  prepare?: (flow: Flow) => Promise<unknown>;
}

/** A published version in use. */
interface InUse {
  number: number;
  flow: Flow;
  bundle: FlowBundle;
}

/** What new calls of one flow get. */
interface OnStage {
  live: InUse | undefined;
  canary: { percent: number; inUse: InUse | 'draft' } | undefined;
}

/** How often the store is asked whether anything has changed, in ms. */
const LOOK_EVERY_MS = 1_000;

/**
 * The flows that callers get: of a published flow its live version or its canary, of others the draft. Everything a call may ask
 * for is kept ready in memory, so that no call waits for the store, nor needs it.
 */
export class LiveFlows extends EventEmitter<LiveFlowsEvents> {
  readonly #deps: Deps;
  readonly #held = new HeldFlows();
  #stage = new Map<string, OnStage>();
  #revision: number | undefined;
  #looking: Promise<void> = Promise.resolve();
  #cancelLook: () => void = () => undefined;
  #isFailing = false;
  #isClosed = false;
  readonly #calendarsRead = (): void => void this.#lookAgain(true);

  constructor(deps: Deps) {
    super();
    this.#deps = deps;
  }

  /** Resolves when every live version is ready. The library has to be open. */
  async open(): Promise<void> {
    this.#deps.library.on('calendars', this.#calendarsRead);
    await this.#lookAgain(true);
    this.#bookLook();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelLook();
    this.#deps.library.off('calendars', this.#calendarsRead);
  }

  /** Asks the store now what has changed. Never rejects. */
  look(): Promise<void> {
    return this.#lookAgain(false);
  }

  /** The version that a call gets, held until it is released. No call begins in a flow that has parameters. */
  hold({ flow, callId, wantsDraft }: FlowWish): HeldFlow | undefined {
    const { library } = this.#deps;
    const { live, canary } = this.#stage.get(flow) ?? {};
    if (wantsDraft || !live) return library.hold(flow);
    if (canary && isAmong(canary.percent, flow, callId)) {
      const { inUse } = canary;
      const held = inUse === 'draft' ? library.hold(flow, 'canary') : this.#held.hold(inUse.flow, 'canary');
      if (held) return held;
    }
    return this.#held.hold(live.flow, 'live');
  }

  /** What most callers get: the live version, or the draft of a flow that was never published. */
  current(flow: string): Flow | undefined {
    return this.#stage.get(flow)?.live?.flow ?? this.#deps.library.current(flow);
  }

  /** A version in use or held by a call. */
  version(hash: string): Flow | undefined {
    for (const { live, canary } of this.#stage.values()) {
      if (live?.flow.version === hash) return live.flow;
      if (canary && canary.inUse !== 'draft' && canary.inUse.flow.version === hash) return canary.inUse.flow;
    }
    return this.#held.version(hash) ?? this.#deps.library.version(hash);
  }

  #bookLook(): void {
    this.#cancelLook = this.#deps.clock.after(LOOK_EVERY_MS, () => {
      void this.look().then(() => {
        if (!this.#isClosed) this.#bookLook();
      });
    });
  }

  #lookAgain(inAnyCase: boolean): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look(inAnyCase))
      .then(
        () => {
          this.#isFailing = false;
        },
        (error: unknown) => {
          if (!this.#isFailing) this.emit('failed', error);
          this.#isFailing = true;
        },
      );
    return this.#looking;
  }

  async #look(inAnyCase: boolean): Promise<void> {
    if (this.#isClosed) return;
    const { store } = this.#deps;
    const revision = await store.revision();
    if (revision === this.#revision && !inAnyCase) return;
    const stage = new Map<string, OnStage>();
    for (const standing of await store.standings()) stage.set(standing.flow, await this.#stageOf(standing));
    if (this.#isClosed) return;
    const before = this.#stage;
    this.#stage = stage;
    this.#revision = revision;
    for (const [name, { live }] of stage) {
      const was = before.get(name)?.live;
      if (live && (live.flow !== was?.flow || live.number !== was.number)) this.emit('live', live.flow, live.number);
    }
  }

  async #stageOf({ flow, live, canary }: Standing): Promise<OnStage> {
    const before = this.#stage.get(flow);
    const known = [before?.live, before?.canary?.inUse].filter((one) => one !== undefined && one !== 'draft');
    const inUse =
      live && ((await this.#inUse(flow, live, known)) ?? before?.live ?? (await this.#earlier(flow, live.number)));
    if (!canary) return { live: inUse, canary: undefined };
    const { percent, number, version } = canary;
    if (number === undefined || version === undefined) return { live: inUse, canary: { percent, inUse: 'draft' } };
    const tried = await this.#inUse(flow, { number, version }, known);
    return { live: inUse, canary: tried && { percent, inUse: tried } };
  }

  /** The newest version before `number` that can be loaded, for a program that has nothing in memory to stay with. */
  async #earlier(flow: string, number: number): Promise<InUse | undefined> {
    for (const older of await this.#deps.store.list(flow)) {
      const inUse = older.number < number ? await this.#inUse(flow, older, []) : undefined;
      if (inUse) return inUse;
    }
    return undefined;
  }

  async #inUse(
    flow: string,
    { number, version }: { number: number; version: string },
    known: readonly InUse[],
  ): Promise<InUse | undefined> {
    const { store, library } = this.#deps;
    const same = known.find((one) => one.flow.version === version);
    const calendars = new Map([...calendarsOf(same?.flow), ...library.calendars()]);
    const isUpToDate = calendarsOf(same?.flow).every(([name, calendar]) =>
      isDeepStrictEqual(calendars.get(name), calendar),
    );
    if (same && isUpToDate && missingCalendars(same.flow).every((name) => !calendars.has(name)))
      return { ...same, number };
    const bundle = same?.bundle ?? (await store.bundle(version));
    const opened = bundle && openBundle(bundle, version, calendars);
    if (!opened?.ok) {
      this.emit('broken', { flow, number, why: opened?.why ?? 'its text is not in the store' });
      return undefined;
    }
    for (const name of missingCalendars(opened.flow)) {
      this.emit('broken', { flow, number, why: `there is no calendar "${name}"` });
    }
    await this.#prepare(opened.flow);
    return bundle && { number, flow: opened.flow, bundle };
  }

  async #prepare(flow: Flow): Promise<void> {
    try {
      await this.#deps.prepare?.(flow);
    } catch (error) {
      this.emit('failed', error);
    }
  }
}

/** Whether a call is among the share that a canary gets. A larger share holds all calls of a smaller one. */
export function isAmong(percent: number, flow: string, callId: string): boolean {
  const drawn = createHash('sha256').update(`${flow}/${callId}`).digest().readUInt32BE(0);
  return drawn < (percent / 100) * 2 ** 32;
}

/** The calendars that a flow and all flows inside of it are bound to. */
function calendarsOf(flow: Flow | undefined): [name: string, calendar: Calendar][] {
  if (!flow) return [];
  return [flow, ...Object.values(flow.flows)].flatMap(({ calendars }) => Object.entries(calendars));
}

function missingCalendars(flow: Flow): string[] {
  const named = [flow, ...Object.values(flow.flows)].flatMap(({ references, calendars }) =>
    [...references.calendars.keys()].filter((name) => calendars[name] === undefined),
  );
  return [...new Set(named)];
}
