import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { FrameDecoder } from '../../../src/sip/frames/codec.ts';
import { serialise } from '../../../src/sip/wire/serialise.ts';
import { StreamFramer } from '../../../src/sip/wire/stream.ts';
import { Inbox } from './inbox.ts';

/** The scripted side of one socket. */
export interface End {
  readonly inbox: Inbox;
  readonly port: number;
  send(bytes: Buffer): void;
  close(): void;
}

/** A phone over UDP. */
export async function udpEnd(name: string, serverPort: number): Promise<End> {
  const socket: Socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const inbox = new Inbox(name);
  socket.on('message', (bytes) => inbox.put(bytes.toString()));
  return {
    inbox,
    port: socket.address().port,
    send: (bytes) => socket.send(bytes, serverPort, '127.0.0.1'),
    close: () => socket.close(),
  };
}

/** A phone over TCP that dials the server. A line end on its own is put into the inbox as it is. */
export async function tcpEnd(name: string, serverPort: number): Promise<End> {
  const socket = await dial(serverPort);
  const inbox = new Inbox(name);
  const framer = new StreamFramer();
  socket.on('data', (chunk) => {
    if (chunk.toString() === '\r\n') inbox.put('\r\n');
    for (const item of framer.push(chunk)) if ('message' in item) inbox.put(serialise(item.message).toString());
  });
  return end(socket, inbox);
}

/** An App that says what the trace says. */
export async function appEnd(adminPort: number): Promise<End> {
  const socket = await dial(adminPort);
  const inbox = new Inbox('app');
  const decoder = new FrameDecoder();
  socket.on('data', (chunk) => {
    for (const payload of decoder.push(chunk)) inbox.put(payload.toString());
  });
  return end(socket, inbox);
}

async function dial(port: number): Promise<TcpSocket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function end(socket: TcpSocket, inbox: Inbox): End {
  return {
    inbox,
    port: socket.localPort ?? 0,
    send: (bytes) => void socket.write(bytes),
    close: () => void socket.destroy(),
  };
}
