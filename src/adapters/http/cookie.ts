const NAME = 'parley_session';
/** A token is 43 characters of base64url today; this leaves room and shuts out everything else. */
const TOKEN = /^[A-Za-z0-9_-]{16,200}$/;

/** The session's token in a `Cookie` header; undefined when there is none or it cannot be one of ours. */
export function readSessionCookie(header: string | undefined): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== NAME) continue;
    const value = pair.slice(equals + 1).trim();
    if (TOKEN.test(value)) return value;
  }
  return undefined;
}

/** The `Set-Cookie` value of a new session, ending in `maxAgeMs`; 0 takes the cookie back. */
export function sessionCookie(token: string, options: { maxAgeMs: number; secure: boolean }): string {
  const seconds = Math.max(0, Math.floor(options.maxAgeMs / 1_000));
  const secure = options.secure ? '; Secure' : '';
  return `${NAME}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}
