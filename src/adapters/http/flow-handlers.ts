import type { FlowFolder } from '../../flows/folder.ts';
import type { FlowLibrary } from '../../flows/library.ts';
import { promoteCanary, rollBack, startCanary, stopCanary } from '../../flows/versions/changes.ts';
import type { LiveFlows } from '../../flows/versions/live-flows.ts';
import { publishFlow, unknownFlow } from '../../flows/versions/publish.ts';
import { publishedFlow } from '../../flows/versions/published.ts';
import type { Actor, FlowVersionStore, Standing } from '../../flows/versions/version-store.ts';
import type { FlowEntry } from '../../protocol/flows.ts';
import type { SessionUser } from '../../protocol/http.ts';
import { dayOf } from '../../reports/flow-counts.ts';
import { coverageOf } from '../../reports/flow-coverage.ts';
import { type FlowTallies, figuresOf } from '../../reports/flow-figures.ts';
import type { Clock } from '../../shared/time.ts';
import type { flowRoutes } from './flow-routes.ts';
import type { Handlers } from './handler.ts';
import { simulateCall } from './simulate-call.ts';

/** What the routes of flows need of the rest. */
export interface FlowsFace {
  library: Pick<FlowLibrary, 'current' | 'status' | 'calendars'>;
  live: Pick<LiveFlows, 'current' | 'look'>;
  folder: FlowFolder;
  store: FlowVersionStore;
  tallies: FlowTallies;
}

type FlowHandlers = Pick<Handlers, keyof typeof flowRoutes>;

/** What each route of flows does. A change is in use when it is answered. */
export function makeFlowHandlers(flows: FlowsFace, clock: Clock): FlowHandlers {
  const { library, live, folder, store, tallies } = flows;
  const inUse = async <T>(changed: Promise<T>): Promise<T> => {
    const made = await changed;
    await live.look();
    return made;
  };
  const sinceDay = (days: number): number => dayOf(clock.now()) - days + 1;
  return {
    listFlows: async () => ({ flows: await entries(flows) }),
    getFlow: ({ params }) => entryOf(flows, params.name),
    listFlowVersions: async ({ params }) => ({ versions: await store.list(params.name) }),

    publishFlow: async ({ params, body, user, response }) => {
      response.status(201);
      const { message, keepLive } = body;
      return inUse(publishFlow({ folder, store }, { flow: params.name, message, keepLive }, actorOf(user)));
    },

    rollBackFlow: ({ params, body, user }) => inUse(rollBack(store, params.name, body.version, actorOf(user))),

    startCanary: async ({ params, body, user }) => {
      await inUse(startCanary(store, params.name, body, actorOf(user)));
      return entryOf(flows, params.name);
    },

    stopCanary: async ({ params, user }) => {
      await inUse(stopCanary(store, params.name, actorOf(user)));
      return entryOf(flows, params.name);
    },

    promoteCanary: ({ params, user }) => inUse(promoteCanary(store, params.name, actorOf(user))),

    simulateFlow: ({ params, body }) => simulateCall(flows, params.name, body),

    getFlowFigures: async ({ params: { name }, query: { days } }) => {
      const numbers = new Map((await store.list(name)).map(({ version, number }) => [version, number]));
      const figures = figuresOf(await tallies.calls(name, sinceDay(days)));
      const versions = figures.map((one) => {
        const number = numbers.get(one.version);
        return { ...one, ...(number !== undefined && { number }) };
      });
      return { flow: name, days, versions };
    },

    getFlowCoverage: async ({ params: { name }, query: { days, version } }) => {
      const flow = version === undefined ? live.current(name) : await publishedFlow(store, name, version);
      if (!flow)
        throw unknownFlow(
          name,
          library.status().map((one) => one.name),
        );
      const seen = await tallies.steps(name, sinceDay(days), version === undefined ? undefined : flow.version);
      return { flow: name, version: flow.version, days, steps: coverageOf(flow, seen) };
    },
  };
}

async function entryOf(flows: FlowsFace, name: string): Promise<FlowEntry> {
  const all = await entries(flows);
  const entry = all.find(({ flow }) => flow === name);
  if (entry) return entry;
  throw unknownFlow(
    name,
    all.map(({ flow }) => flow),
  );
}

/** Flows of the folder and flows that were published; many are both. */
async function entries({ library, live, store }: FlowsFace): Promise<FlowEntry[]> {
  const drafts = new Map(library.status().map((status) => [status.name, status]));
  const standings = new Map((await store.standings()).map((standing): [string, Standing] => [standing.flow, standing]));
  return [...new Set([...drafts.keys(), ...standings.keys()])].sort().map((flow) => {
    const draft = drafts.get(flow);
    const standing = standings.get(flow);
    return {
      flow,
      title: live.current(flow)?.title ?? flow,
      ...(draft && { draft: { file: draft.file, version: draft.version, mistakes: draft.errors } }),
      ...(standing?.live && { live: standing.live }),
      ...(standing?.canary && { canary: standing.canary }),
    };
  });
}

function actorOf({ id, name }: SessionUser): Actor {
  return { id, name };
}
