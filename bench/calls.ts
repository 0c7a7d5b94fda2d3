import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSite } from '../test/support/site.ts';
import { writeCallerAudio } from './support/caller-audio.ts';
import { measureFloor } from './support/floor.ts';
import { writeBenchFlows } from './support/flows.ts';
import { readPacing } from './support/pacing.ts';
import { costOf } from './support/process-cost.ts';
import { callWithSipp, capture } from './support/tools.ts';

/**
 * `npm run bench:calls -- [--calls 50,200] [--workload ivr,ivr+record] [--rounds 2] [--json]`
 *
 * Method: sipp on the same machine calls the whole site as `npm start` runs it (SIP server, media, app; loopback). Each call is
 * answered, hears an 8 s prompt within which it sends one RFC 4733 digit, then a 4 s prompt, and is hung up: about 12 s and 600
 * packets each way, PCMU, the caller sending all the while. New calls come evenly, so that `calls` of them run at once. CPU is user and
 * system time of each program and its children from /proc, taken from before the first call to after the last, so starting and ending
 * calls is in it; sipp and the capture are not. Recordings are turned into Opus and MP3 when fewer calls run (rule
 * R64), so hardly within the figures. The floor is what a bare loop of as many packets costs on this machine just before. Pacing is
 * read from a capture of the RTP that left the media program.
 */
const PROMPT_SECONDS = [8, 4];
const CALL_SECONDS = 12;
const PROGRAMS = ['sip', 'media', 'app'] as const;

const options = {
  calls: list('calls', '50,200').map(Number),
  workloads: list('workload', 'ivr,ivr+record'),
  rounds: Number(list('rounds', '2')[0]),
  json: process.argv.includes('--json'),
};

for (const workload of options.workloads) {
  for (const calls of options.calls) {
    const result = await measure(workload, calls);
    if (options.json) console.log(JSON.stringify(result));
    else printResult(result);
  }
}

async function measure(workload: string, callsAtOnce: number) {
  const floor = await measureFloor(callsAtOnce, 10);
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const rtpPorts = { min: 30_000, max: 30_000 + callsAtOnce * 8 + 100 };
  writeBenchFlows(folder, { promptSeconds: PROMPT_SECONDS, record: workload === 'ivr+record' });
  const audio = join(folder, 'caller.pcap');
  writeCallerAudio(audio, CALL_SECONDS + 2, 5, 3_000);
  mkdirSync(join(folder, 'sipp'));
  const site = await startSite({
    env: {
      PARLEY_FLOWS_DIR: join(folder, 'flows'),
      PARLEY_SIP_CONFIG_DIR: join(folder, 'sip'),
      PARLEY_RTP_PORTS: `${rtpPorts.min}-${rtpPorts.max}`,
      PARLEY_LOG: 'warn',
    },
  });
  try {
    const pids = site.pids();
    const total = callsAtOnce * options.rounds;
    const before = PROGRAMS.map((program) => costOf(pids[program]));
    const pcap = join(folder, 'rtp.pcap');
    const stopCapture = await capture(pcap, `udp src portrange ${rtpPorts.min}-${rtpPorts.max}`);
    const startedAt = process.hrtime.bigint();
    const halfWay = setTimeout(() => {
      peak = PROGRAMS.map((program) => costOf(pids[program]));
    }, CALL_SECONDS * 1_300);
    let peak = before;
    const outcome = await callWithSipp({
      folder: join(folder, 'sipp'),
      target: `${site.host}:${site.sipPort}`,
      number: '2000',
      audio,
      callsAtOnce,
      total,
      callsPerSecond: callsAtOnce / CALL_SECONDS,
    });
    const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
    clearTimeout(halfWay);
    await stopCapture();
    const after = PROGRAMS.map((program) => costOf(pids[program]));
    const cpuMs = PROGRAMS.map((_, index) => (after[index]?.cpuMs ?? 0) - (before[index]?.cpuMs ?? 0));
    const memoryKb = PROGRAMS.map((_, index) => (peak[index]?.residentKb ?? 0) - (before[index]?.residentKb ?? 0));
    const cpuTotal = cpuMs.reduce((sum, value) => sum + value, 0);
    const done = Math.max(1, outcome.succeeded);
    const pacing = readPacing(pcap, rtpPorts);
    return {
      workload,
      callsAtOnce,
      calls: total,
      failedCalls: outcome.failed,
      callsPerSecond: round(total / seconds),
      cpuMsPerCall: round(cpuTotal / done),
      cpuMsPerCallSecond: round(cpuTotal / done / CALL_SECONDS),
      floorCpuMsPerCallSecond: round(floor),
      cpuTimesFloor: round(cpuTotal / done / CALL_SECONDS / floor),
      cpuMsPerCallByProgram: Object.fromEntries(
        PROGRAMS.map((name, index) => [name, round((cpuMs[index] ?? 0) / done)]),
      ),
      coresUsed: round(cpuTotal / 1_000 / seconds),
      memoryKbPerCall: round(memoryKb.reduce((sum, value) => sum + value, 0) / callsAtOnce),
      rtpStreams: pacing.streams,
      rtpPackets: pacing.packets,
      rtpLost: pacing.lost,
      rtpFramesLeftOut: pacing.leftOut,
      rtpDeviationMeanMs: round(pacing.deviationMeanMs),
      rtpDeviationP50Ms: round(pacing.deviationP50Ms),
      rtpDeviationP95Ms: round(pacing.deviationP95Ms),
      rtpDeviationP99Ms: round(pacing.deviationP99Ms),
      rtpDeviationP999Ms: round(pacing.deviationP999Ms),
      rtpLatenessP99Ms: round(pacing.latenessP99Ms),
      node: process.version,
      cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      promptSeconds: PROMPT_SECONDS,
    };
  } finally {
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function printResult(result: Awaited<ReturnType<typeof measure>>): void {
  const by = Object.entries(result.cpuMsPerCallByProgram)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  console.log(
    `${result.workload}, ${result.callsAtOnce} calls at once (${result.calls} calls, ${result.failedCalls} failed, ${result.callsPerSecond}/s)`,
  );
  console.log(
    `  CPU      ${result.cpuMsPerCall} ms a call (${by}); ${result.cpuMsPerCallSecond} ms a call-second, ${result.cpuTimesFloor} times the floor of ${result.floorCpuMsPerCallSecond}; ${result.coresUsed} cores`,
  );
  console.log(`  memory   ${result.memoryKbPerCall} KiB a call`);
  console.log(
    `  RTP      ${result.rtpPackets} packets in ${result.rtpStreams} streams, ${result.rtpLost} lost, ${result.rtpFramesLeftOut} frames left out; deviation from 20 ms: mean ${result.rtpDeviationMeanMs}, p99 ${result.rtpDeviationP99Ms}, p99.9 ${result.rtpDeviationP999Ms} ms; lateness p99 ${result.rtpLatenessP99Ms} ms`,
  );
}

function list(name: string, otherwise: string): string[] {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise)).split(',');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
