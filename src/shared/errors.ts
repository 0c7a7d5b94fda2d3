/** Who has to act when a failure happens: the one who asked, something we depend on, or us. */
export type Fault = 'client' | 'upstream' | 'us';

interface FailureKind {
  fault: Fault;
  http: number;
  /** The SIP answer a caller gets when this failure meets their INVITE. */
  sip: number;
  text: string;
}

/** Every failure that Parley knows by name. `docs/errors.md` is printed from this table. */
export const FAILURES = {
  'request.invalid': { fault: 'client', http: 400, sip: 400, text: 'The request is not valid' },
  'request.unknown': { fault: 'client', http: 404, sip: 404, text: 'There is nothing at this address' },
  'request.tooLarge': { fault: 'client', http: 413, sip: 513, text: 'The request is too large' },
  'request.tooMany': { fault: 'client', http: 429, sip: 503, text: 'Too many requests; wait a little' },
  'request.badRange': { fault: 'client', http: 416, sip: 400, text: 'That part of the audio does not exist' },
  'request.foreignOrigin': { fault: 'client', http: 403, sip: 403, text: 'Requests from other sites are refused' },
  'auth.required': { fault: 'client', http: 401, sip: 403, text: 'Log in first' },
  'auth.wrongPassword': { fault: 'client', http: 401, sip: 403, text: 'User name or password is wrong' },
  'auth.slowDown': { fault: 'client', http: 429, sip: 403, text: 'Too many attempts; wait a little' },
  'auth.forbidden': { fault: 'client', http: 403, sip: 403, text: 'This account may not do that' },
  'number.unknown': { fault: 'client', http: 404, sip: 404, text: 'No such number here' },
  'call.unknown': { fault: 'client', http: 404, sip: 404, text: 'No such call' },
  'callback.unknown': { fault: 'client', http: 404, sip: 404, text: 'No such callback is open' },
  'recording.unknown': { fault: 'client', http: 404, sip: 404, text: 'No such recording' },
  'agent.wrongState': { fault: 'client', http: 409, sip: 480, text: 'That cannot be done in the present state' },
  'sdp.invalid': { fault: 'client', http: 400, sip: 488, text: 'The session description cannot be read' },
  'media.noCommonCodec': { fault: 'client', http: 400, sip: 488, text: 'No codec in common' },
  'media.noPorts': { fault: 'us', http: 503, sip: 503, text: 'No media port is free' },
  'media.noWorker': { fault: 'us', http: 503, sip: 503, text: 'No media worker is running' },
  'media.unreachable': { fault: 'us', http: 503, sip: 503, text: 'The media program does not answer' },
  'media.unknownEndpoint': { fault: 'us', http: 404, sip: 500, text: 'No such endpoint' },
  'media.badOrder': { fault: 'us', http: 400, sip: 500, text: 'The media program refused an order' },
  'call.busy': { fault: 'client', http: 409, sip: 486, text: 'Busy' },
  'call.unavailable': { fault: 'client', http: 409, sip: 480, text: 'Nobody can be reached' },
  'call.declined': { fault: 'client', http: 409, sip: 603, text: 'The call is declined' },
  'http.timeout': { fault: 'upstream', http: 504, sip: 500, text: 'A service did not answer in time' },
  'http.unreachable': { fault: 'upstream', http: 502, sip: 500, text: 'A service cannot be reached' },
  'http.tooLarge': { fault: 'upstream', http: 502, sip: 500, text: 'The answer of a service is too large' },
  'http.notJson': { fault: 'upstream', http: 502, sip: 500, text: 'The answer of a service is no JSON' },
  'flow.broken': { fault: 'us', http: 500, sip: 503, text: 'The flow of this number cannot be run' },
  'flow.unknown': { fault: 'client', http: 404, sip: 404, text: 'There is no such flow or version' },
  'flow.mistakes': { fault: 'client', http: 409, sip: 500, text: 'The flows have mistakes' },
  'flow.refused': { fault: 'client', http: 409, sip: 500, text: 'That cannot be done with this flow now' },
  'flow.changed': {
    fault: 'client',
    http: 409,
    sip: 500,
    text: 'Someone else has changed what is live meanwhile; look at it and try again',
  },
  'voice.failed': { fault: 'upstream', http: 502, sip: 500, text: 'Speech could not be made' },
  'pages.notBuilt': { fault: 'us', http: 503, sip: 503, text: 'The pages are not built: run npm run build:web' },
  'store.unreachable': { fault: 'upstream', http: 503, sip: 503, text: 'The database does not answer' },
  'trunk.notPermitted': { fault: 'client', http: 403, sip: 403, text: 'No trunk may call this number' },
  'trunk.unreachable': { fault: 'upstream', http: 502, sip: 502, text: 'The carrier did not answer' },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES;

/** A failure with a name: what went wrong, whose fault it is, and the one sentence that may be shown outside. */
export class ParleyError extends Error {
  readonly code: FailureCode;
  /** Facts for the log; never shown outside. */
  readonly details: Record<string, unknown>;

  constructor(code: FailureCode, details: Record<string, unknown> = {}, options?: { cause?: unknown; text?: string }) {
    super(options?.text ?? FAILURES[code].text, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ParleyError';
    this.code = code;
    this.details = details;
  }

  get kind(): FailureKind {
    return FAILURES[this.code];
  }
}

/** The failure's code, or undefined for anything that is not one of ours. */
export function failureCode(error: unknown): FailureCode | undefined {
  return error instanceof ParleyError ? error.code : undefined;
}
