import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { FailureAnswer } from '../../protocol/http.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

export interface Failure {
  status: number;
  body: FailureAnswer;
}

/** What the outside is told of an error. Anything without a name of ours is a bug: it goes to the log under the id told. */
export function tellFailure(error: unknown, log: Logger, facts: Record<string, unknown>): Failure {
  const named = nameError(error);
  if (named) {
    const level = named.kind.fault === 'client' ? 'info' : 'warn';
    log[level]({ ...facts, code: named.code, details: named.details, cause: named.cause }, 'request refused');
    return { status: named.kind.http, body: { error: { code: named.code, text: named.message } } };
  }
  const id = randomBytes(6).toString('hex');
  log.error({ ...facts, bug: id, err: error }, 'a request met a bug');
  return {
    status: 500,
    body: { error: { code: 'bug', text: `Something went wrong here; it is in the log as ${id}`, id } },
  };
}

/** Express and its body parser mark what is wrong with a request by a 4xx status on the error. */
function nameError(error: unknown): ParleyError | undefined {
  if (error instanceof ParleyError) return error;
  if (error instanceof z.ZodError) return invalid(error);
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
  if (status === 413) return new ParleyError('request.tooLarge', {}, { cause: error });
  if (status >= 400 && status < 500) return new ParleyError('request.invalid', {}, { cause: error });
  return undefined;
}

/** A refusal that names the first few fields that are wrong, never their values. */
export function invalid(error: z.ZodError, part?: string): ParleyError {
  const mistakes = error.issues.slice(0, 5).map((issue) => {
    const where = [...(part === undefined ? [] : [part]), ...issue.path].join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
  return new ParleyError(
    'request.invalid',
    { mistakes },
    { text: `The request is not valid (${mistakes.join('; ')})` },
  );
}
