import { z } from 'zod';
import { readSettings, type Settings } from './config/config.ts';

/** How the app reaches one of the programs it works with. */
export interface ProgramAddress {
  host: string;
  port: number;
  secret: string;
}

export interface AppOptions {
  settings: Settings;
  sip: ProgramAddress;
  media: ProgramAddress;
}

const admin = z.string().regex(/^.+:\d{1,5}$/, 'write host:port');

/** Where the two other programs answer and the secrets of this start: `main.ts` sets them, nobody writes them in a file. */
const programs = z.object({
  PARLEY_SIP_ADMIN: admin,
  PARLEY_SIP_SECRET: z.string(),
  PARLEY_MEDIA_ADMIN: admin,
  PARLEY_MEDIA_SECRET: z.string(),
});

/** Reads what `main.ts` gives the app in its environment. Throws with every mistake in words. */
export function readAppOptions(env: Record<string, string | undefined>): AppOptions {
  const settings = readSettings(env);
  const read = programs.parse(env);
  return {
    settings,
    sip: address(read.PARLEY_SIP_ADMIN, read.PARLEY_SIP_SECRET),
    media: address(read.PARLEY_MEDIA_ADMIN, read.PARLEY_MEDIA_SECRET),
  };
}

function address(admin: string, secret: string): ProgramAddress {
  const at = admin.lastIndexOf(':');
  return { host: admin.slice(0, at), port: Number(admin.slice(at + 1)), secret };
}
