import { type Dialect, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';

/** PostgreSQL's type number of whole 64-bit numbers, which pg would hand over as text. */
const INT8 = 20;

/** A statement that takes longer has gone wrong, in ms. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 8;

/** Kysely over PostgreSQL. Statements reject with `store.unreachable` when trying later may help. */
export function postgresDialect(url: string, log: Logger): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'parley',
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)) },
  });
  // Without a listener the loss of an idle connection would end the program.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));
  return new PostgresDialect({ pool: plainSpoken(pool) });
}

/** The pool with its errors told in our words. */
function plainSpoken(pool: Pool): PostgresPool {
  const faces = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw failureOf(error);
      });
      const face = faces.get(client) ?? faceOf(client);
      faces.set(client, face);
      return face;
    },
  };
}

function faceOf(client: PoolClient): PostgresPoolClient {
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      throw failureOf(error);
    }
  };
  // Of the two forms only the one without a cursor is used: Kysely is given no cursor class.
  return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
}

/** Classes of SQLSTATE that say "not like this", however often it is tried: data, integrity, syntax. */
const LASTING_CLASSES = new Set(['22', '23', '42']);

function failureOf(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  const lasting = typeof code === 'string' && code.length === 5 && LASTING_CLASSES.has(code.slice(0, 2));
  if (lasting || error instanceof TypeError) return error;
  return new ParleyError('store.unreachable', { code }, { cause: error });
}
