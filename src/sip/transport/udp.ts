import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { SendFailed } from './address.ts';

/** Socket buffers in bytes: a burst of calls must not be lost while the loop is busy. */
const SOCKET_BUFFER_BYTES = 1024 * 1024;

/** One UDP socket for everything that is sent and received. */
export class UdpTransport {
  #socket: Socket;
  #closed = false;

  private constructor(socket: Socket, onDatagram: (bytes: Buffer, from: RemoteInfo) => void) {
    this.#socket = socket;
    socket.on('message', onDatagram);
    // A failed send is told to its sender; the socket itself goes on.
    socket.on('error', () => undefined);
  }

  static async listen(
    host: string,
    port: number,
    onDatagram: (bytes: Buffer, from: RemoteInfo) => void,
  ): Promise<UdpTransport> {
    const socket = createSocket({
      type: isIP(host) === 6 ? 'udp6' : 'udp4',
      recvBufferSize: SOCKET_BUFFER_BYTES,
      sendBufferSize: SOCKET_BUFFER_BYTES,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, host, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    return new UdpTransport(socket, onDatagram);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(address: string, port: number, bytes: Buffer, failed: SendFailed): void {
    if (this.#closed) {
      failed('socket closed');
      return;
    }
    this.#socket.send(bytes, port, address, (error) => {
      if (error) failed(error.message);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}
