import type { z } from 'zod';
import type { Role } from '../../protocol/http.ts';
import type { FailureCode } from '../../shared/errors.ts';

/** Who may use a route: anyone, anyone logged in, or these roles. */
export type Access = 'open' | 'session' | readonly Role[];

export interface Route {
  method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/api/v1/calls/{callId}`. */
  path: string;
  summary: string;
  access: Access;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** How much the body may hold; absent: 16 KiB. */
  bodyLimitBytes?: number;
  /** A JSON shape, or bytes that the handler writes itself. */
  answer: { status: number; json: z.ZodType } | { status: number; contentTypes: readonly string[] };
  failures: readonly FailureCode[];
}
