import type { AgentFloor } from '../agents/floor.ts';
import type { MakeAudio } from '../calls/caller-audio.ts';
import type {
  CallbackRules,
  KeptWish,
  QueueCaller,
  QueueEntrance,
  QueueListener,
  QueuePlace,
  QueueWish,
  Waiter,
} from '../calls/queue-port.ts';
import type { TransferListener } from '../calls/transfer-port.ts';
import type { AudioItem } from '../flows/audio.ts';
import type { QueueFigures } from '../flows/machine/types.ts';
import type { DeskState } from '../protocol/desk.ts';
import { ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { ClaimStore } from './claim-store.ts';
import { match } from './matching.ts';
import { Pace } from './pace.ts';
import type { QueueSettings } from './queue-settings.ts';
import { ringAgent } from './ring-agent.ts';
import { Ticket } from './ticket.ts';
import { WaitingAudio } from './waiting-audio.ts';

export interface QueuesDeps {
  settings: (queue: string) => QueueSettings | undefined;
  floor: AgentFloor;
  claims: ClaimStore;
  makeAudio: MakeAudio;
  usualMusic: () => AudioItem[];
  clock: Clock;
  log: Logger;
}

/** How long nobody may be on duty before those who wait are told, in ms: a reloaded page is no closed shop. */
const DESERTED_MS = 30_000;

/** All queues: who waits in them, and the rounds of matching between callers and agents. */
export class Queues implements QueueEntrance {
  readonly #deps: QueuesDeps;
  readonly #tickets = new Set<Ticket>();
  readonly #deserted = new Map<string, () => void>();
  readonly #paces = new Map<string, Pace>();
  readonly #listeners = new Set<() => void>();
  #isRoundDue = false;

  constructor(deps: QueuesDeps) {
    this.#deps = deps;
    deps.floor.onChange(() => {
      this.#watchDuty();
      this.#look();
    });
  }

  enter(wish: QueueWish, caller: QueueCaller, listener: QueueListener): QueuePlace {
    const settings = this.#settings(wish.queue);
    const refusal = this.#refusal(settings);
    if (refusal) {
      caller.write({ type: 'queueEntered', queue: settings.queue });
      caller.write({ type: 'queueLeft', queue: settings.queue, outcome: refusal });
      listener.ended(refusal);
      return { leave: () => {} };
    }
    return this.#begin(this.#makeTicket(settings, wish, caller, listener));
  }

  callbackRules(queue: string): CallbackRules | undefined {
    const settings = this.#deps.settings(queue);
    return settings && { ...settings.callback, mostOpen: settings.maxWaiting };
  }

  keep(wish: KeptWish, waiter: Waiter, listener: QueueListener): QueuePlace {
    const settings = this.#settings(wish.queue);
    const ticket: Ticket = new Ticket({
      ...this.#shared(),
      ...wish,
      kind: 'callback',
      caller: waiter,
      listener,
      settings,
      audio: { start: () => {}, settle: () => {}, stop: () => {} },
      // Nobody heard that wait, and it says nothing of how fast the line moves.
      answered: () => {},
    });
    return this.#begin(ticket);
  }

  ringAgent(wish: { agent: string; ringMs: number }, caller: QueueCaller, listener: TransferListener): QueuePlace {
    return ringAgent(this.#deps, wish, caller, listener);
  }

  /** What is known of a queue now. Throws `flow.broken` when there is no such queue. */
  figures(queue: string): QueueFigures {
    const settings = this.#settings(queue);
    const now = this.#deps.clock.now();
    const inLine = this.#inLine().filter((ticket) => ticket.queue === queue);
    const agents = this.#deps.floor.agents().filter(({ name }) => serves(settings, name));
    const agentsReady = agents.filter(({ presence }) => presence === 'available').length;
    const isServedAtOnce = agentsReady > inLine.length;
    const estimatedWaitMs = isServedAtOnce ? 0 : this.#paces.get(queue)?.estimate(inLine.length, now);
    return {
      waiting: inLine.length,
      agentsOnDuty: agents.filter(({ presence }) => presence !== 'offline').length,
      agentsReady,
      longestWaitMs: Math.max(0, ...inLine.map(({ since }) => now - since)),
      ...(estimatedWaitMs === undefined ? {} : { estimatedWaitMs }),
    };
  }

  /** Who waits where, for the desks. */
  board(): DeskState['queues'] {
    const now = this.#deps.clock.now();
    const queues = new Map<string, { queue: string; waiting: number; longestWaitMs: number }>();
    for (const ticket of this.#inLine()) {
      const line = queues.get(ticket.queue) ?? { queue: ticket.queue, waiting: 0, longestWaitMs: 0 };
      line.waiting += 1;
      line.longestWaitMs = Math.max(line.longestWaitMs, now - ticket.since);
      queues.set(ticket.queue, line);
    }
    return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
  }

  /** Called after the board may have changed. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #refusal(settings: QueueSettings): 'noAgents' | 'full' | undefined {
    if (!this.#isStaffed(settings)) return 'noAgents';
    const waiting = this.#inLine().filter(({ queue }) => queue === settings.queue).length;
    return waiting >= settings.maxWaiting ? 'full' : undefined;
  }

  #makeTicket(settings: QueueSettings, wish: QueueWish, caller: QueueCaller, listener: QueueListener): Ticket {
    const { clock, log, makeAudio, usualMusic } = this.#deps;
    const music = wish.music ?? settings.music;
    const tellsPlace = wish.announce?.position ?? settings.announcePosition;
    const audio = new WaitingAudio({
      audio: caller.audio,
      music: async () =>
        music === undefined
          ? usualMusic()
          : await makeAudio([{ type: 'prompt', prompt: music, language: wish.language }]),
      usualMusic,
      language: wish.language,
      everyMs: wish.announce?.everyMs ?? settings.announceEveryMs,
      place: () => (tellsPlace ? this.#placeOf(ticket) : undefined),
      comfort: wish.announce?.comfort ?? [],
      clock,
      log,
    });
    const ticket: Ticket = new Ticket({
      ...this.#shared(),
      kind: 'queue',
      caller,
      listener,
      settings,
      maxWaitMs: wish.maxWaitMs ?? settings.maxWaitMs,
      priority: wish.priority,
      skills: wish.skills,
      since: wish.since,
      audio,
      answered: this.#timed(settings.queue),
    });
    return ticket;
  }

  /** What all tickets of a queue have in common. */
  #shared() {
    const { floor, claims, clock, log } = this.#deps;
    const look = (): void => this.#look();
    const gone = (left: Ticket): void => this.#gone(left);
    return { floor, claims, look, gone, clock, log };
  }

  #begin(ticket: Ticket): Ticket {
    this.#tickets.add(ticket);
    ticket.begin();
    this.#changed();
    this.#look();
    return ticket;
  }

  /** Throws `flow.broken` when there is no such queue. */
  #settings(queue: string): QueueSettings {
    const settings = this.#deps.settings(queue);
    if (!settings) throw new ParleyError('flow.broken', { queue }, { text: 'There is no such queue' });
    return settings;
  }

  /** Times the wait of a caller who comes now; what it gives back is called when they are answered. */
  #timed(queue: string): () => void {
    const { clock } = this.#deps;
    const { waiting, agentsReady } = this.figures(queue);
    if (agentsReady > waiting) return () => {};
    const cameAt = clock.now();
    return () => {
      const pace = this.#paces.get(queue) ?? new Pace();
      this.#paces.set(queue, pace);
      pace.answered({ at: clock.now(), waitedMs: clock.now() - cameAt, place: waiting + 1 });
    };
  }

  #gone(ticket: Ticket): void {
    if (!this.#tickets.delete(ticket)) return;
    this.#changed();
    this.#look();
  }

  #inLine(): Ticket[] {
    return [...this.#tickets].filter((ticket) => ticket.isInLine);
  }

  /** The number of those in this queue who are served before this one, and one more. */
  #placeOf(ticket: Ticket): number {
    const own = ticket.view();
    const before = this.#inLine().filter((other) => {
      if (other === ticket || other.queue !== ticket.queue) return false;
      const { priority, since, callId } = other.view();
      if (priority !== own.priority) return priority > own.priority;
      return since < own.since || (since === own.since && callId < own.callId);
    });
    return before.length + 1;
  }

  /** Books one round for everything that happens in this turn. */
  #look(): void {
    if (this.#isRoundDue) return;
    this.#isRoundDue = true;
    queueMicrotask(() => {
      this.#isRoundDue = false;
      this.#round();
    });
  }

  #round(): void {
    const { floor, clock, settings, log } = this.#deps;
    const waiting = [...this.#tickets].filter((ticket) => ticket.isWaiting);
    if (waiting.length === 0) return;
    const agents = floor.agents();
    const { offers, skips } = match(
      waiting.map((ticket) => ticket.view()),
      agents,
      (agent, queue) => serves(settings(queue), agent.name),
      clock.now(),
    );
    log.debug({ waiting: waiting.length, offers, skips }, 'matching');
    for (const { callId, agentId, reason } of offers) {
      waiting.find((ticket) => ticket.callId === callId)?.offer(agentId, reason);
    }
    this.#changed();
  }

  #isStaffed(settings: QueueSettings): boolean {
    return this.#deps.floor.agents().some(({ presence, name }) => presence !== 'offline' && serves(settings, name));
  }

  /** Those who wait where nobody is on duty are told after a while. */
  #watchDuty(): void {
    for (const queue of new Set([...this.#tickets].map((ticket) => ticket.queue))) {
      const settings = this.#deps.settings(queue);
      if (!settings || this.#isStaffed(settings)) {
        this.#deserted.get(queue)?.();
        this.#deserted.delete(queue);
      } else if (!this.#deserted.has(queue)) {
        this.#deserted.set(
          queue,
          this.#deps.clock.after(DESERTED_MS, () => this.#desert(queue)),
        );
      }
    }
  }

  #desert(queue: string): void {
    this.#deserted.delete(queue);
    for (const ticket of [...this.#tickets]) if (ticket.queue === queue && ticket.kind === 'queue') ticket.deserted();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Whether an agent answers a queue; one that has no settings any more is answered by all. */
function serves(settings: QueueSettings | undefined, name: string): boolean {
  const agents = settings?.agents ?? 'all';
  return agents === 'all' || agents.includes(name);
}
