import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { SessionUser } from '../../protocol/http.ts';
import type { Route } from './route.ts';
import type { RouteName, Routes } from './routes.ts';

type Given<R, K extends 'params' | 'query' | 'body'> = K extends keyof R
  ? R[K] extends z.ZodType
    ? z.output<R[K]>
    : undefined
  : undefined;

type Answer<R extends Route> = R['answer'] extends { json: infer S extends z.ZodType } ? z.input<S> : undefined;

/** A request that was let in and read: its parts have the shapes that its route promises. */
export interface Asked<R extends Route> {
  params: Given<R, 'params'>;
  query: Given<R, 'query'>;
  body: Given<R, 'body'>;
  user: R['access'] extends 'open' ? SessionUser | undefined : SessionUser;
  /** The session cookie's value, if one was sent. */
  token: string | undefined;
  request: Request;
  response: Response;
}

/** Answers with the route's JSON shape; a route of bytes writes to the response itself. Rejects with a ParleyError. */
export type Handler<R extends Route> = (asked: Asked<R>) => Promise<Answer<R>>;

export type Handlers = { [K in RouteName]: Handler<Routes[K]> };
