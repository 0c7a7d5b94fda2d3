import { readdirSync, readFileSync } from 'node:fs';

/** CPU a process and its descendants have used (ms) and the memory they hold now (KiB resident). */
export interface Cost {
  cpuMs: number;
  residentKb: number;
}

/** Linux counts CPU time in hundredths of a second for every program that runs here. */
const TICK_MS = 10;

/** Reads /proc for `pid` and everything it started (mediasoup's worker counts as media). */
export function costOf(pid: number): Cost {
  const children = new Map<number, number[]>();
  const stats = new Map<number, Cost>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [ppid, user, system] = [fields[1] ?? 0, fields[11] ?? 0, fields[12] ?? 0];
      const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1] ?? 0);
      stats.set(Number(entry), { cpuMs: (user + system) * TICK_MS, residentKb: resident });
      children.set(ppid, [...(children.get(ppid) ?? []), Number(entry)]);
    } catch {
      // The process ended while we looked.
    }
  }
  const sum = (at: number): Cost => {
    const own = stats.get(at) ?? { cpuMs: 0, residentKb: 0 };
    return (children.get(at) ?? [])
      .map(sum)
      .reduce(
        (total, cost) => ({ cpuMs: total.cpuMs + cost.cpuMs, residentKb: total.residentKb + cost.residentKb }),
        own,
      );
  };
  return sum(pid);
}
