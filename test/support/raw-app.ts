import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../src/sip/frames/codec.ts';

const PATIENCE_MS = 15_000;

/** An App that writes its frames by hand: what drachtio-srf would never say can be said, and every token be looked at. */
export class RawApp {
  readonly frames: string[] = [];
  closed = false;
  #socket: Socket;
  #decoder = new FrameDecoder();
  #taken = new Set<number>();
  #wake: (() => void)[] = [];
  #ids = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      for (const payload of this.#decoder.push(chunk)) this.frames.push(payload.toString('utf8'));
      this.#stir();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.#stir();
    });
  }

  static async connect(port: number): Promise<RawApp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawApp(socket);
  }

  /** Connects, authenticates, registers. */
  static async ready(port: number, secret: string, ...verbs: string[]): Promise<RawApp> {
    const app = await RawApp.connect(port);
    await app.ask(`authenticate|${secret}|`);
    for (const verb of verbs) await app.ask(`route|${verb}`);
    return app;
  }

  /** Sends `<id>|<rest>` and resolves to the tokens of the answer behind the id of the frame. */
  async ask(rest: string, sip?: string): Promise<string[]> {
    const id = this.tell(rest, sip);
    const frame = await this.next((text) => text.split('|')[1] === 'response' && text.split('|')[2] === id, rest);
    return (frame.split('\r\n')[0] ?? '').split('|').slice(3);
  }

  tell(rest: string, sip?: string): string {
    this.#ids += 1;
    const id = `m${this.#ids}`;
    this.#socket.write(encodeFrame(`${id}|${rest}`, sip === undefined ? undefined : Buffer.from(sip)));
    return id;
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** The next `sip` frame of this kind: its tokens and its text. */
  async sip(startsWith: string): Promise<{ tokens: string[]; text: string; transactionId: string; dialogId: string }> {
    const frame = await this.next(
      (text) => text.split('|')[1] === 'sip' && text.includes(`\r\n${startsWith}`),
      startsWith,
    );
    const end = frame.indexOf('\r\n');
    const tokens = frame.slice(0, end).split('|');
    return { tokens, text: frame.slice(end + 2), transactionId: tokens[8] ?? '', dialogId: tokens[9] ?? '' };
  }

  async next(matches: (frame: string) => boolean, what: string): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const at = this.frames.findIndex((frame, index) => !this.#taken.has(index) && matches(frame));
      if (at >= 0) {
        this.#taken.add(at);
        return this.frames[at] ?? '';
      }
      const left = deadline - performance.now();
      if (left <= 0 || this.closed) throw new Error(`no frame for ${what}; got ${JSON.stringify(this.frames)}`);
      await this.#stirred(left);
    }
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) await this.#stirred(PATIENCE_MS);
  }

  close(): void {
    this.#socket.destroy();
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }

  #stirred(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
