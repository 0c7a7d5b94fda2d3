import { type ChildProcess, fork } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { costOf } from './process-cost.ts';

const FRAME_MS = 20;
const PACKET = Buffer.alloc(172);

/**
 * What this machine asks for the packets alone: CPU ms a call-second of a bare Node loop that sends and receives 50 packets
 * a second a call on one socket each, and does nothing else. Machines differ; figures are compared as multiples of it.
 */
export async function measureFloor(calls: number, seconds: number): Promise<number> {
  const [one, other] = [startLoop(calls), startLoop(calls)];
  try {
    const [ports, otherPorts] = await Promise.all([portsOf(one), portsOf(other)]);
    one.send({ targets: otherPorts });
    other.send({ targets: ports });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const before = costOf(one.pid ?? 0).cpuMs;
    const startedAt = process.hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const passed = Number(process.hrtime.bigint() - startedAt) / 1e9;
    return (costOf(one.pid ?? 0).cpuMs - before) / passed / calls;
  } finally {
    one.kill();
    other.kill();
  }
}

function startLoop(calls: number): ChildProcess {
  return fork(import.meta.filename, [String(calls)]);
}

async function portsOf(child: ChildProcess): Promise<number[]> {
  const [message] = (await once(child, 'message')) as [{ ports: number[] }];
  return message.ports;
}

async function loop(calls: number): Promise<void> {
  const sockets: Socket[] = [];
  for (let i = 0; i < calls; i += 1) {
    // Addresses are numbers here: the look-up before each send is spared, as in the media program.
    const socket = createSocket({ type: 'udp4', lookup: (address, _options, done) => done(null, address, 4) });
    socket.on('message', () => {});
    // Bound before `bind` comes back when addresses need no look-up: the event would be missed by who waits for it after.
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    sockets.push(socket);
  }
  process.on('disconnect', () => process.exit());
  process.on('message', ({ targets }: { targets: number[] }) => {
    setInterval(() => {
      sockets.forEach((socket, index) => {
        socket.send(PACKET, targets[index] ?? 0, '127.0.0.1');
      });
    }, FRAME_MS);
  });
  process.send?.({ ports: sockets.map((socket) => socket.address().port) });
}

if (process.argv[1] === import.meta.filename) await loop(Number(process.argv[2]));
