import type { Role, SessionUser } from '../protocol/http.ts';

export interface NewAccount {
  name: string;
  displayName: string;
  role: Role;
  password: string;
}

/** People who may log in. Passwords are kept as Argon2id hashes only. Changes are audited under `actor`. */
export interface Accounts {
  /** The user if the name and password fit; undefined otherwise (in the same time, whether or not the name exists). */
  verify(name: string, password: string): Promise<SessionUser | undefined>;
  byId(userId: string): Promise<SessionUser | undefined>;
  list(): Promise<SessionUser[]>;
  /** Rejects with `request.invalid` for a name that is taken or cannot be one, and for a password under 8 characters. */
  create(input: NewAccount, actor?: string): Promise<SessionUser>;
  /** What the user can do from now on. Rejects with `request.invalid` for what is no skill. */
  setSkills(userId: string, skills: readonly string[], actor?: string): Promise<void>;
  /** Also ends the user's sessions. */
  setPassword(userId: string, password: string, actor?: string): Promise<void>;
}

/** Log-ins, kept by a random token whose SHA-256 alone is stored. Times in ms. */
export interface Sessions {
  start(userId: string): Promise<{ token: string; expiresAt: number }>;
  /** The session's user, its time prolonged; undefined when unknown or expired. */
  find(token: string): Promise<SessionUser | undefined>;
  end(token: string): Promise<void>;
}
