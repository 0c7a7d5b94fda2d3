import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { FlowBundle } from '../../flows/versions/bundle.ts';
import type { FlowChange } from '../../flows/versions/diff.ts';
import type {
  Actor,
  Canary,
  FlowVersionStore,
  LiveChange,
  NewVersion,
  PublishedVersion,
  Standing,
} from '../../flows/versions/version-store.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/time.ts';
import { addAudit } from './audit.ts';
import type { RecordsSchema } from './schema.ts';

type Tx = Transaction<RecordsSchema>;

const storedBundle = z.array(z.strictObject({ flow: z.string(), file: z.string(), text: z.string() })).min(1);

export function createFlowVersions(db: Kysely<RecordsSchema>, clock: Clock): FlowVersionStore {
  return new StoredFlowVersions(db, clock);
}

class StoredFlowVersions implements FlowVersionStore {
  readonly #db: Kysely<RecordsSchema>;
  readonly #clock: Clock;

  constructor(db: Kysely<RecordsSchema>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async revision(): Promise<number> {
    const row = await this.#db.selectFrom('flow_revision').select('revision').executeTakeFirst();
    return row?.revision ?? 0;
  }

  async standings(): Promise<Standing[]> {
    const versions = await this.#db.selectFrom('flow_versions').select(['flow', 'number', 'version']).execute();
    const hashes = new Map(versions.map(({ flow, number, version }) => [`${flow} ${number}`, version]));
    const live = await this.#db.selectFrom('flow_aliases').selectAll().where('alias', '=', 'live').execute();
    const canaries = await this.#db.selectFrom('flow_canaries').selectAll().execute();
    return [...new Set(versions.map(({ flow }) => flow))].sort().map((flow): Standing => {
      const alias = live.find((row) => row.flow === flow);
      const canary = canaries.find((row) => row.flow === flow);
      const versionOf = (number: number): string => hashes.get(`${flow} ${number}`) ?? '';
      return {
        flow,
        ...(alias && { live: { number: alias.number, version: versionOf(alias.number), since: alias.changed_at } }),
        ...(canary && {
          canary: {
            percent: canary.percent,
            startedAt: canary.started_at,
            ...(canary.number !== null && { number: canary.number, version: versionOf(canary.number) }),
          },
        }),
      };
    });
  }

  async list(flow: string): Promise<PublishedVersion[]> {
    const rows = await this.#db
      .selectFrom('flow_versions')
      .selectAll()
      .where('flow', '=', flow)
      .orderBy('number', 'desc')
      .execute();
    return rows.map(versionOf);
  }

  async bundle(version: string): Promise<FlowBundle | undefined> {
    const row = await this.#db
      .selectFrom('flow_bundles')
      .select('bundle')
      .where('version', '=', version)
      .executeTakeFirst();
    return row && readBundle(row.bundle);
  }

  async publish(wanted: NewVersion, by: Actor): Promise<PublishedVersion> {
    const { flow, version, bundle, message, changes, parent, goesLive } = wanted;
    const now = this.#clock.now();
    return this.#change(async (tx) => {
      await expectLive(tx, flow, parent);
      const newest = await tx
        .selectFrom('flow_versions')
        .select('number')
        .where('flow', '=', flow)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      const row = {
        flow,
        number: (newest?.number ?? 0) + 1,
        version,
        parent: parent ?? null,
        author: by.name,
        message: message.replaceAll('\0', '\uFFFD').toWellFormed(),
        published_at: now,
        changes: JSON.stringify(changes),
      };
      await tx
        .insertInto('flow_bundles')
        .values({ version, bundle: JSON.stringify(bundle) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await tx.insertInto('flow_versions').values(row).execute();
      if (goesLive) await putLive(tx, flow, row.number, now);
      const detail = { number: row.number, version, live: goesLive };
      await addAudit(tx, { at: now, actor: by.id, action: 'flow.published', target: flow, detail });
      return versionOf(row);
    });
  }

  async setLive(flow: string, number: number, expected: number | undefined, why: LiveChange, by: Actor): Promise<void> {
    const now = this.#clock.now();
    await this.#change(async (tx) => {
      await expectLive(tx, flow, expected);
      await putLive(tx, flow, number, now);
      const detail = { number, ...(expected !== undefined && { before: expected }) };
      await addAudit(tx, { at: now, actor: by.id, action: why, target: flow, detail });
    });
  }

  async setCanary(flow: string, canary: Pick<Canary, 'percent' | 'number'> | undefined, by: Actor): Promise<void> {
    const now = this.#clock.now();
    await this.#change(async (tx) => {
      await tx.deleteFrom('flow_canaries').where('flow', '=', flow).execute();
      if (canary) {
        const { percent, number = null } = canary;
        await tx.insertInto('flow_canaries').values({ flow, percent, number, started_at: now }).execute();
      }
      const action = canary ? 'flow.canaryStarted' : 'flow.canaryStopped';
      await addAudit(tx, { at: now, actor: by.id, action, target: flow, ...(canary && { detail: { ...canary } }) });
    });
  }

  /** One change at a time, on any database: the row of the revision is locked first. */
  #change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute(async (tx) => {
      await tx
        .updateTable('flow_revision')
        .set((row) => ({ revision: row('revision', '+', 1) }))
        .execute();
      return work(tx);
    });
  }
}

async function expectLive(tx: Tx, flow: string, number: number | undefined): Promise<void> {
  const row = await tx
    .selectFrom('flow_aliases')
    .select('number')
    .where('flow', '=', flow)
    .where('alias', '=', 'live')
    .executeTakeFirst();
  if (row?.number !== number) throw new ParleyError('flow.changed', { flow, live: row?.number });
}

/** A new live version ends the canary: it was chosen beside another one. */
async function putLive(tx: Tx, flow: string, number: number, at: number): Promise<void> {
  await tx
    .insertInto('flow_aliases')
    .values({ flow, alias: 'live', number, changed_at: at })
    .onConflict((conflict) => conflict.columns(['flow', 'alias']).doUpdateSet({ number, changed_at: at }))
    .execute();
  await tx.deleteFrom('flow_canaries').where('flow', '=', flow).execute();
}

function versionOf(row: RecordsSchema['flow_versions']): PublishedVersion {
  return {
    flow: row.flow,
    number: row.number,
    version: row.version,
    author: row.author,
    message: row.message,
    publishedAt: row.published_at,
    ...(row.parent !== null && { parent: row.parent }),
    changes: JSON.parse(row.changes) as FlowChange[],
  };
}

/** Undefined for what nobody of us wrote. */
function readBundle(text: string): FlowBundle | undefined {
  try {
    return storedBundle.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
