import { openRecords } from '../../src/adapters/records/open.ts';
import { createLogger } from '../../src/shared/logger.ts';

/** A program that journals without end and prints the number of each fact that it was told is safe. Its one argument: the folder. */
const [, , folder = ''] = process.argv;
const records = await openRecords(
  { PARLEY_DATA_DIR: folder, DATABASE_URL: undefined },
  createLogger('child', { level: 'silent' }),
);
process.stdout.write('open\n');
for (let n = 1; ; n += 1) {
  // Some facts are never waited for, so that a kill also meets transactions of several.
  const burst = n % 7;
  for (let i = 0; i <= burst; i += 1) {
    records.journal.write({ callId: `call-${n % 3}`, at: n, type: 'noted', what: `${n}.${i}` });
  }
  await records.journal.flushed();
  process.stdout.write(`${n}\n`);
}
