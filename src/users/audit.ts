/** Who changed what. Entries are only ever added. */
export interface AuditEntry {
  /** UTC ms. */
  at: number;
  /** A user's id, or the part of the program: `seed`, `cli`. */
  actor: string;
  /** Past tense: `user.created`, `user.passwordSet`. */
  action: string;
  /** Id of what was changed. */
  target?: string;
  detail?: Record<string, unknown>;
}

export interface Audit {
  add(entry: Omit<AuditEntry, 'at'>): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<AuditEntry[]>;
}
