import type { AgentView } from '../agents/floor.ts';
import type { Presence } from '../protocol/desk.ts';

/** A caller as matching sees them. */
export interface Waiting {
  callId: string;
  queue: string;
  /** Higher is served first. */
  priority: number;
  /** When the wait began; a caller who comes back keeps it, and with it their place. UTC ms. */
  since: number;
  skills: readonly string[];
  /** Agents who turned this call down or let it ring, and until when they are not asked again. UTC ms. */
  notAgain: ReadonlyMap<string, number>;
}

export interface MatchedOffer {
  callId: string;
  agentId: string;
  /** Why this agent, in words. */
  reason: string;
}

/** Why an agent who might have been asked was not. */
export interface Skip {
  callId: string;
  agentId: string;
  reason: string;
}

export interface Match {
  offers: MatchedOffer[];
  skips: Skip[];
}

/**
 * Who is offered to whom at this moment: callers by priority, then by how long they have waited; for each the agent who has
 * been idle longest. Every caller and every agent is in at most one offer. The result depends on nothing but its input.
 */
export function match(
  waiting: readonly Waiting[],
  agents: readonly AgentView[],
  serves: (agent: AgentView, queue: string) => boolean,
  now: number,
): Match {
  const result: Match = { offers: [], skips: [] };
  const taken = new Map<string, string>();
  for (const caller of [...waiting].sort(byTurn)) {
    const fit: AgentView[] = [];
    const skipped: (Skip & { name: string })[] = [];
    for (const agent of agents) {
      const reason = taken.has(agent.agentId) ? 'is offered another call' : obstacle(caller, agent, serves, now);
      if (reason === undefined) fit.push(agent);
      else skipped.push({ callId: caller.callId, agentId: agent.agentId, reason, name: agent.name });
    }
    result.skips.push(...skipped.map(({ name: _, ...skip }) => skip));
    const [chosen, ...others] = fit.sort((a, b) => a.idleSince - b.idleSince || compare(a.agentId, b.agentId));
    if (!chosen) continue;
    taken.set(chosen.agentId, caller.callId);
    const reason = reasonFor(chosen, others, skipped, now);
    result.offers.push({ callId: caller.callId, agentId: chosen.agentId, reason });
    for (const { agentId, idleSince } of others) {
      const skip = `idle for ${seconds(now - idleSince)} s, less than ${chosen.name}`;
      result.skips.push({ callId: caller.callId, agentId, reason: skip });
    }
  }
  return result;
}

/** Why this agent cannot be asked for this caller, or undefined when nothing stands in the way. */
function obstacle(
  caller: Waiting,
  agent: AgentView,
  serves: (agent: AgentView, queue: string) => boolean,
  now: number,
): string | undefined {
  if (!serves(agent, caller.queue)) return 'does not serve this queue';
  const missing = caller.skills.find((skill) => !agent.skills.includes(skill));
  if (missing !== undefined) return `lacks the skill ${missing}`;
  if (agent.presence !== 'available') return `is ${WORDS[agent.presence]}`;
  const until = caller.notAgain.get(agent.agentId);
  if (until !== undefined && until > now) return 'did not take this call a moment ago';
  return undefined;
}

const WORDS: Record<Exclude<Presence, 'available'>, string> = {
  offline: 'offline',
  onBreak: 'on a break',
  offered: 'being asked already',
  talking: 'talking',
  wrappingUp: 'wrapping up',
  unreachable: 'unreachable',
};

/** `longest idle of 2: 93 s; bo did not take this call a moment ago`. Those who were simply not free are counted by no one. */
function reasonFor(
  chosen: AgentView,
  others: readonly AgentView[],
  skipped: readonly { name: string; reason: string }[],
  now: number,
): string {
  const field = others.length === 0 ? 'only one free' : `longest idle of ${others.length + 1}`;
  const passedOver = skipped.filter(({ reason }) => reason.startsWith('did not') || reason.startsWith('lacks'));
  const words = [`${field}: ${seconds(now - chosen.idleSince)} s`];
  for (const { name, reason } of passedOver.slice(0, 5)) words.push(`${name} ${reason}`);
  return words.join('; ');
}

function byTurn(a: Waiting, b: Waiting): number {
  return b.priority - a.priority || a.since - b.since || compare(a.callId, b.callId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1_000));
}
