import { z } from 'zod';
import {
  canaryBody,
  flowCoverage,
  flowEntry,
  flowFigures,
  flowList,
  flowVersionList,
  MOST_DAYS,
  publishBody,
  publishedVersion,
  rollbackBody,
} from '../../protocol/flows.ts';
import type { Route } from './route.ts';

const access = ['supervisor', 'admin'] as const;
const params = z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'the name of a flow') });
const days = z.coerce.number().int().min(1).max(MOST_DAYS).default(30);

/** Flows: what callers get of them, their versions, and what real calls made of them. */
export const flowRoutes = {
  listFlows: {
    method: 'get',
    path: '/api/v1/flows',
    summary: 'All flows, with their draft, what is live, and a canary',
    access,
    answer: { status: 200, json: flowList },
    failures: [],
  },
  getFlow: {
    method: 'get',
    path: '/api/v1/flows/{name}',
    summary: 'One flow',
    access,
    params,
    answer: { status: 200, json: flowEntry },
    failures: ['request.invalid', 'flow.unknown'],
  },
  listFlowVersions: {
    method: 'get',
    path: '/api/v1/flows/{name}/versions',
    summary: 'What was published of a flow, newest first, each with what it changed',
    access,
    params,
    answer: { status: 200, json: flowVersionList },
    failures: ['request.invalid'],
  },
  publishFlow: {
    method: 'post',
    path: '/api/v1/flows/{name}/publish',
    summary: 'Store the draft as a version, and make it live unless keepLive is said',
    access,
    params,
    body: publishBody,
    answer: { status: 201, json: publishedVersion },
    failures: [
      ...(['request.invalid', 'request.foreignOrigin'] as const),
      ...(['flow.unknown', 'flow.mistakes', 'flow.refused', 'flow.changed'] as const),
    ],
  },
  rollBackFlow: {
    method: 'post',
    path: '/api/v1/flows/{name}/rollback',
    summary: 'Make an earlier version live; calls that run stay on theirs',
    access,
    params,
    body: rollbackBody,
    answer: { status: 200, json: publishedVersion },
    failures: ['request.invalid', 'request.foreignOrigin', 'flow.unknown', 'flow.refused', 'flow.changed'],
  },
  startCanary: {
    method: 'post',
    path: '/api/v1/flows/{name}/canary',
    summary: 'Give a share of the calls another version, or the draft',
    access,
    params,
    body: canaryBody,
    answer: { status: 200, json: flowEntry },
    failures: ['request.invalid', 'request.foreignOrigin', 'flow.unknown', 'flow.refused'],
  },
  stopCanary: {
    method: 'delete',
    path: '/api/v1/flows/{name}/canary',
    summary: 'End the canary',
    access,
    params,
    answer: { status: 200, json: flowEntry },
    failures: ['request.invalid', 'request.foreignOrigin', 'flow.unknown', 'flow.refused'],
  },
  promoteCanary: {
    method: 'post',
    path: '/api/v1/flows/{name}/canary/promote',
    summary: "Make the canary's version live",
    access,
    params,
    answer: { status: 200, json: publishedVersion },
    failures: ['request.invalid', 'request.foreignOrigin', 'flow.unknown', 'flow.refused', 'flow.changed'],
  },
  getFlowFigures: {
    method: 'get',
    path: '/api/v1/flows/{name}/figures',
    summary: 'What became of the calls of the last days, by version',
    access,
    params,
    query: z.strictObject({ days }),
    answer: { status: 200, json: flowFigures },
    failures: ['request.invalid'],
  },
  getFlowCoverage: {
    method: 'get',
    path: '/api/v1/flows/{name}/coverage',
    summary: 'What real calls of the last days did at each step, and what they never did',
    access,
    params,
    query: z.strictObject({ days, version: z.string().min(2).max(64).optional() }),
    answer: { status: 200, json: flowCoverage },
    failures: ['request.invalid', 'flow.unknown'],
  },
} as const satisfies Record<string, Route>;
