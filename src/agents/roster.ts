import type { MediaFacts, MediaPort } from '../calls/media-port.ts';
import type { DeskAsk, DeskFrame, DeskState } from '../protocol/desk.ts';
import type { SessionUser } from '../protocol/http.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { Agent, deskPrefix } from './agent.ts';
import type { DeskService, PageSession, PageSocket } from './desk-service.ts';
import type { AgentFloor, AgentView, DeskOffer } from './floor.ts';

export interface RosterDeps {
  media: MediaPort;
  facts: MediaFacts;
  clock: Clock;
  log: Logger;
}

/** Everyone who has had a desk open since the start, and the two ways to them: pages and queues. */
export class Roster implements DeskService, AgentFloor {
  readonly #deps: RosterDeps;
  readonly #agents = new Map<string, Agent>();
  /** Endpoints that an earlier run of the app left behind, waiting for their agent's page. */
  readonly #standing: string[] = [];
  readonly #listeners = new Set<() => void>();
  /** Who waits, for the desks; the queues fill it in. */
  board: () => DeskState['queues'] = () => [];

  constructor(deps: RosterDeps) {
    this.#deps = deps;
  }

  openDesk(user: SessionUser, socket: PageSocket<DeskFrame>): PageSession<DeskAsk> {
    const agent = this.#agentOf(user);
    agent.pageOpened(user, socket);
    return {
      ask: (body) => agent.ask(body),
      user: (now) => agent.userIs(now),
      closed: () => agent.pageClosed(socket),
    };
  }

  agents(): AgentView[] {
    return [...this.#agents.values()].map((agent) => agent.view());
  }

  ring(agentId: string, offer: DeskOffer): boolean {
    return this.#agents.get(agentId)?.ring(offer) ?? false;
  }

  stopRinging(agentId: string, offerId: string, why: 'callerLeft' | 'rangOut'): void {
    this.#agents.get(agentId)?.stopRinging(offerId, why);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows every page its desk anew. */
  showAll(): void {
    for (const agent of this.#agents.values()) agent.show();
  }

  /** Endpoints of the inventory that may be some agent's; their pages take them over instead of setting up new ones. */
  keepStanding(endpointIds: readonly string[]): void {
    this.#standing.push(...endpointIds);
  }

  /** Endpoints that no page has taken over; they are given up with this. */
  forgetStanding(): string[] {
    return this.#standing.splice(0);
  }

  #agentOf(user: SessionUser): Agent {
    const known = this.#agents.get(user.id);
    if (known) return known;
    const agent = new Agent(
      {
        ...this.#deps,
        board: () => this.board(),
        changed: () => {
          for (const listener of [...this.#listeners]) listener();
        },
      },
      user,
    );
    this.#agents.set(user.id, agent);
    const at = this.#standing.findLastIndex((endpointId) => endpointId.startsWith(deskPrefix(user.id)));
    const [endpointId] = at < 0 ? [] : this.#standing.splice(at, 1);
    if (endpointId !== undefined) agent.adopt(endpointId);
    return agent;
  }
}
