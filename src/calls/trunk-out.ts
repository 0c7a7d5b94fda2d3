import { z } from 'zod';
import type { Mistakes } from '../flows/language/errors.ts';
import type { Path, YamlSource } from '../flows/language/source.ts';
import { isHeaderText } from '../flows/services/services.ts';

/** How calls leave by a trunk. */
export interface TrunkOut {
  host: string;
  /** Absent: 5060, or what the name of the host stands for. */
  port?: number;
  transport: 'udp' | 'tcp';
  /** What may be dialled: whole numbers, or the beginnings of numbers with `*` behind them. */
  dial: readonly string[];
  /** The number shown to those who are called, unless a flow says another. */
  callerId?: string;
  /** Digest credentials; `secret` names the password in the environment. */
  auth?: { user: string; secret: string };
  /** Calls at once. */
  maxCalls: number;
}

/** Calls at once by one trunk that says nothing of it. */
const USUAL_MAX_CALLS = 30;
const HOST = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(?::(\d{1,5}))?$/;
const SECRET = /^\{\{\s*secret\.([A-Z][A-Z0-9_]{0,63})\s*\}\}$/;
/** `+49*`, `0*`: never everything there is. Or one number, such as `110`. */
const PATTERN = /^(?:(?:\+[0-9]{0,31}|[0-9]{1,31})\*|\+?[0-9*#]{2,32})$/;

export const outShape = {
  to: z.string().min(1).max(262).optional(),
  transport: z.enum(['udp', 'tcp']).optional(),
  dial: z.array(z.string().min(1).max(34)).min(1).max(1_000).optional(),
  callerId: z
    .string()
    .regex(/^\+?[0-9]{2,32}$/, 'a number in quotes, such as "+4930123456"')
    .optional(),
  auth: z.strictObject({ user: z.string().min(1).max(100), password: z.string().min(1).max(100) }).optional(),
  maxCalls: z.number().int().min(1).max(10_000).optional(),
};

export const OUT_KEYS = ['to', 'transport', 'dial', 'callerId', 'auth', 'user', 'password', 'maxCalls'];

type OutSource = z.infer<z.ZodObject<typeof outShape>>;

/** Reads what a trunk says of calls that leave by it; undefined when none do, or what it says is told as a mistake. */
export function readOut(written: OutSource, source: YamlSource, path: Path, mistakes: Mistakes): TrunkOut | undefined {
  const { to, dial, transport = 'udp', callerId, auth, maxCalls = USUAL_MAX_CALLS } = written;
  const wrong = (key: readonly (string | number)[], sentence: string, hint?: string): undefined => {
    mistakes.add('value.wrong', source.place([...path, ...key]), sentence, hint);
    return undefined;
  };
  if ((to === undefined) !== (dial === undefined))
    return wrong([], '"to" and "dial" stand together: where calls go, and which numbers may be dialled');
  if (to === undefined || dial === undefined) {
    const alone = OUT_KEYS.find((key) => written[key as keyof OutSource] !== undefined);
    return alone === undefined ? undefined : wrong([alone], `"${alone}" is for calls that leave; "to" is missing`);
  }
  const where = HOST.exec(to);
  const port = where?.[2] === undefined ? undefined : Number(where[2]);
  if (!where || port === 0 || (port ?? 0) > 65_535) wrong(['to'], `${to} is no host`, 'such as sip.example.com:5060');
  dial.forEach((pattern, index) => {
    if (!PATTERN.test(pattern))
      wrong(['dial', index], `${pattern} is no number and no beginning of one`, 'such as "+49*" or "110", in quotes');
  });
  const password = auth && SECRET.exec(auth.password)?.[1];
  if (auth && password === undefined)
    wrong(
      ['auth', 'password'],
      'A password does not stand in this file',
      'write {{ secret.NAME }}, the name in capitals',
    );
  if (auth && !isHeaderText(auth.user)) wrong(['auth', 'user'], 'A user name is one line');
  return {
    host: where?.[1] ?? '',
    ...(port !== undefined && { port }),
    ...{ transport, dial, maxCalls },
    ...(callerId !== undefined && { callerId }),
    ...(auth && password !== undefined && { auth: { user: auth.user, secret: password } }),
  };
}

/** How exactly a list of patterns names a number: 0 when it does not, higher the more of it stands there. */
export function permits(dial: readonly string[], number: string): number {
  return Math.max(0, ...dial.map((pattern) => exactness(pattern, number)));
}

function exactness(pattern: string, number: string): number {
  if (pattern === number) return Number.POSITIVE_INFINITY;
  if (!pattern.endsWith('*')) return 0;
  const beginning = pattern.slice(0, -1);
  // Keys such as * and # order services of a carrier; where they may be dialled, the whole number stands in the list.
  const rest = number.slice(beginning.length);
  return number.startsWith(beginning) && /^[0-9]+$/.test(rest) ? beginning.length : 0;
}
