import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { ParleyError } from '../../shared/errors.ts';
import type { StatementAsk, ThreadAnswer, ThreadFailure, ThreadStart } from './thread-messages.ts';

/** SQLite's primary result codes that a later try may not meet again: busy, locked, out of memory, I/O, disk full, cannot open. */
const PASSING_CODES = new Set([5, 6, 7, 10, 13, 14]);

export interface StatementResult {
  rows: unknown[];
  changes: number | bigint | undefined;
  lastId: number | bigint | undefined;
}

/** A SQLite database in a thread of its own. Statements run one after the other, in the order they are asked for. */
export interface SqliteDatabase {
  /** Rejects with `store.unreachable` when trying later may help. */
  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult>;
  close(): Promise<void>;
}

/** Opens the database; rejects with a sentence for people when the folder has another owner. */
export async function openSqlite(start: ThreadStart): Promise<SqliteDatabase> {
  const worker = new Worker(new URL('./database-thread.ts', import.meta.url), { workerData: start });
  const client = new SqliteClient(worker);
  await client.opened;
  return client;
}

interface Waiting {
  resolve(result: StatementResult): void;
  reject(error: Error): void;
}

class SqliteClient implements SqliteDatabase {
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #lastAsk = 0;
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    this.#gone = new Promise((gone) => worker.once('exit', () => gone()));
    worker.on('message', (answer: ThreadAnswer) => {
      if ('opened' in answer) return resolve();
      if ('openFailed' in answer) return reject(openError(answer.openFailed));
      return this.#answered(answer);
    });
    worker.on('error', (error) => this.#end(error, reject));
    worker.on('exit', () => this.#end(new ParleyError('store.unreachable', { why: 'thread ended' }), reject));
  }

  run(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#lastAsk += 1;
    const ask: StatementAsk = { id: this.#lastAsk, sql, parameters: parameters.map(sqlValue) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask.id, { resolve, reject });
      this.#worker.postMessage(ask);
    });
  }

  async close(): Promise<void> {
    if (!this.#ended) this.#worker.postMessage('close');
    await this.#gone;
  }

  #answered(answer: Extract<ThreadAnswer, { id: number }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (!waiting) return;
    if ('failure' in answer) waiting.reject(statementError(answer.failure));
    else waiting.resolve({ rows: answer.rows, changes: answer.changes, lastId: answer.lastId });
  }

  #end(error: Error, rejectOpen: (error: Error) => void): void {
    this.#ended ??= error;
    rejectOpen(this.#ended);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function sqlValue(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite takes no ${typeof value}`);
}

function openError(failure: ThreadFailure): Error {
  if (failure.locked) return new Error('this data folder is in use by another Parley: stop that one or choose another');
  return new Error(`the database cannot be opened: ${failure.message}`);
}

function statementError({ message, sqliteCode }: ThreadFailure): Error {
  const primary = (sqliteCode ?? 0) % 256;
  if (PASSING_CODES.has(primary)) return new ParleyError('store.unreachable', { sqliteCode, message });
  return Object.assign(new Error(message), { sqliteCode });
}
