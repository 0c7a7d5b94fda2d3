import { createSocket, type Socket } from 'node:dgram';

/** A stretch of network between a browser and a server on loopback, that can be cut and mended. */
export class UdpRelay {
  readonly port: number;
  isCut = false;
  readonly #front: Socket;
  readonly #backs = new Map<string, Socket>();

  private constructor(front: Socket, target: number) {
    this.#front = front;
    this.port = front.address().port;
    front.on('message', (data, from) => {
      if (this.isCut) return;
      const key = `${from.address}:${from.port}`;
      let back = this.#backs.get(key);
      if (!back) {
        back = createSocket('udp4');
        this.#backs.set(key, back);
        back.on('message', (answer) => {
          if (!this.isCut) front.send(answer, from.port, from.address);
        });
      }
      back.send(data, target, '127.0.0.1');
    });
  }

  static async to(target: number): Promise<UdpRelay> {
    const front = createSocket('udp4');
    await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
    return new UdpRelay(front, target);
  }

  close(): void {
    this.#front.close();
    for (const back of this.#backs.values()) back.close();
  }
}
