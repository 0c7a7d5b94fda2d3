import type { PublishedVersion } from '../flows/versions/version-store.ts';
import type { ExitCoverage, StepCoverage } from './flow-coverage.ts';
import type { VersionFigures } from './flow-figures.ts';

/** Figures for people: a line for each version. */
export function printFigures(
  figures: readonly VersionFigures[],
  versions: readonly PublishedVersion[],
  days: number,
): string[] {
  if (figures.length === 0) return [`no calls in ${inDays(days)}`];
  const rows = figures.map(({ version, alias, calls, outcomes, reached, meanTimeToPersonMs }) => {
    const published = versions.find((one) => one.version === version);
    const became = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count} (${percent(count, calls)})`);
    return [
      published ? `v${published.number}` : '-',
      version.slice(0, 8),
      alias,
      `${calls} ${calls === 1 ? 'call' : 'calls'}`,
      meanTimeToPersonMs === undefined ? 'no person' : `person after ${seconds(meanTimeToPersonMs)} (${reached})`,
      became.join(', '),
    ];
  });
  return aligned(rows);
}

/** Coverage for people: a line for each step, below it one for each exit. */
export function printCoverage(steps: readonly StepCoverage[], days: number): string[] {
  return steps.flatMap(({ step, verb, visits, lastAt, meanMs, exits, isGone }) => [
    `${step} (${verb})${isGone ? ', no longer in the flow' : ''}: ${
      visits === 0 ? never(lastAt, days) : `${visits} visits, ${seconds(meanMs ?? 0)} each, last ${moment(lastAt)}`
    }`,
    ...aligned(exits.map((exit) => ['  ', exitName(exit), exitCount(exit, visits, days)])),
  ]);
}

function exitName({ exit, to }: ExitCoverage): string {
  const name = exit === '' ? '(not left)' : exit;
  return to === undefined ? name : `${name} → ${to}`;
}

function exitCount({ count, lastAt }: ExitCoverage, visits: number, days: number): string {
  return count === 0 ? never(lastAt, days) : `${count} (${percent(count, visits)}), last ${moment(lastAt)}`;
}

function never(lastAt: number | undefined, days: number): string {
  return lastAt === undefined ? 'never' : `not in ${inDays(days)}, last ${moment(lastAt)}`;
}

function inDays(days: number): string {
  return days === 1 ? 'a day' : `${days} days`;
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 100)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function moment(at: number | undefined): string {
  return at === undefined ? 'never' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
}
