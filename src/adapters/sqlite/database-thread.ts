import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { StatementAsk, ThreadAnswer, ThreadFailure, ThreadStart } from './thread-messages.ts';

/** The thread that owns the database: a commit waits for the disk here and nowhere else. */

const SQLITE_BUSY = 5;
/** How long another process may hold the write lock, in ms. */
const BUSY_TIMEOUT_MS = 5_000;
/** Statements kept prepared. */
const STATEMENTS = 200;

const port = parentPort;
const { file, lockFile } = workerData as ThreadStart;
const statements = new Map<string, StatementSync>();

/**
 * Takes the owner's lock: an exclusive transaction on a database of its own. The kernel drops it with the process, however
 * that ends, so a program that was killed can start again at once.
 */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path);
  lock.exec('begin exclusive');
  return lock;
}

function openDatabase(): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  return database;
}

function prepared(database: DatabaseSync, text: string): StatementSync {
  const known = statements.get(text);
  if (known) {
    statements.delete(text);
    statements.set(text, known);
    return known;
  }
  const statement = database.prepare(text);
  statements.set(text, statement);
  const oldest = statements.keys().next().value;
  if (statements.size > STATEMENTS && oldest !== undefined) statements.delete(oldest);
  return statement;
}

function run(database: DatabaseSync, { id, sql, parameters }: StatementAsk): ThreadAnswer {
  try {
    const statement = prepared(database, sql);
    if (statement.columns().length > 0) return { id, rows: statement.all(...parameters) };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { id, rows: [], changes, lastId: lastInsertRowid };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): ThreadFailure {
  const { message, errcode } = error as Error & { errcode?: number };
  return { message, ...(errcode !== undefined && { sqliteCode: errcode }) };
}

function open(): { database: DatabaseSync; lock: DatabaseSync | undefined } | ThreadFailure {
  let lock: DatabaseSync | undefined;
  try {
    lock = lockFile === undefined ? undefined : takeLock(lockFile);
  } catch (error) {
    const failure = failureOf(error);
    return { ...failure, locked: (failure.sqliteCode ?? 0) % 256 === SQLITE_BUSY };
  }
  try {
    return { database: openDatabase(), lock };
  } catch (error) {
    lock?.close();
    return failureOf(error);
  }
}

const opened = open();
if ('message' in opened) {
  port?.postMessage({ openFailed: opened } satisfies ThreadAnswer);
  port?.close();
} else {
  const { database, lock } = opened;
  port?.on('message', (ask: StatementAsk | 'close') => {
    if (ask !== 'close') return port.postMessage(run(database, ask));
    statements.clear();
    database.close();
    lock?.close();
    port.close();
  });
  port?.postMessage({ opened: true } satisfies ThreadAnswer);
}
