import type { SQLInputValue } from 'node:sqlite';

/** What the database thread is started with. */
export interface ThreadStart {
  file: string;
  /** Held locked while the thread lives; absent for a guest, who may be beside the owner. */
  lockFile?: string;
}

/** One statement. */
export interface StatementAsk {
  id: number;
  sql: string;
  parameters: SQLInputValue[];
}

export type ThreadAnswer =
  | { opened: true }
  | { openFailed: ThreadFailure }
  | { id: number; rows: unknown[]; changes?: number | bigint; lastId?: number | bigint }
  | { id: number; failure: ThreadFailure };

export interface ThreadFailure {
  message: string;
  /** SQLite's result code; its low byte is the primary one. */
  sqliteCode?: number;
  locked?: boolean;
}
