import type { CallRecord, CallSummary, FailureAnswer, SessionUser } from '../../protocol/http.ts';
import { AskError } from './page-client.ts';

/** A recording's audio, for a player or a download. */
export function audioUrl(recordingId: string, format: 'opus' | 'mp3' | 'wav'): string {
  return `/api/v1/recordings/${encodeURIComponent(recordingId)}/audio?format=${format}`;
}

/** Each rejects with an `AskError`: the server's code, or `page.offline` when it cannot be reached. */
export const api = {
  logIn: (name: string, password: string) => call<SessionUser>('POST', '/session', { name, password }),
  whoAmI: () => call<SessionUser>('GET', '/session'),
  logOut: () => call<undefined>('DELETE', '/session'),
  listCalls: async (before?: number) =>
    (await call<{ calls: CallSummary[] }>('GET', `/calls${before === undefined ? '' : `?before=${before}`}`)).calls,
  getCall: (callId: string) => call<CallRecord>('GET', `/calls/${encodeURIComponent(callId)}`),
};

/** Whether the session still holds; undefined when the server cannot be asked. */
export async function checkSession(): Promise<boolean | undefined> {
  try {
    await api.whoAmI();
    return true;
  } catch (error) {
    return error instanceof AskError && error.code === 'auth.required' ? false : undefined;
  }
}

async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new AskError('page.offline', 'The server cannot be reached');
  });
  if (response.ok) return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
  const answer = (await response.json().catch(() => undefined)) as FailureAnswer | undefined;
  throw new AskError(answer?.error.code ?? 'page.offline', answer?.error.text ?? `Status ${response.status}`);
}
