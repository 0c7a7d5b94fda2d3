import type { Migration } from 'kysely/migration';
import * as firstCall from './0001-first-call.ts';
import * as flowVersions from './0002-flow-versions.ts';
import * as flowCounts from './0003-flow-counts.ts';
import * as callbacks from './0004-callbacks.ts';
import * as skills from './0005-skills.ts';

/** All migrations by name, in the order of their names. A migration that has been released is never changed. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-first-call': firstCall,
  '0002-flow-versions': flowVersions,
  '0003-flow-counts': flowCounts,
  '0004-callbacks': callbacks,
  '0005-skills': skills,
};
