import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { DeskAsk, DeskFrame, DeskState } from '../../src/protocol/desk.ts';
import type { PhoneAsk, PhoneFrame, PhoneState } from '../../src/protocol/phone.ts';

type Frame = DeskFrame | PhoneFrame;
type Answer = Extract<Frame, { ok: boolean }>;

/** Logs in; the answer is the cookie of the session. */
export async function logIn(httpUrl: string, name: string, password: string): Promise<string> {
  const response = await fetch(`${httpUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
  if (!response.ok) throw new Error(`log-in failed: ${response.status}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

/** A page's line to the server without a page: asks, and the state as it was last shown. */
export class PageLine<Ask, State> {
  readonly events: Frame[] = [];
  state: State | undefined;
  closeCode: number | undefined;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse(data.toString()) as Frame));
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#changed();
    });
  }

  static async open<Ask, State>(
    httpUrl: string,
    page: 'desk' | 'phone',
    cookie: string,
  ): Promise<PageLine<Ask, State>> {
    const socket = new WebSocket(`${httpUrl.replace('http', 'ws')}/api/v1/${page}`, { headers: { cookie } });
    const line = new PageLine<Ask, State>(socket);
    await once(socket, 'open');
    await line.until(() => line.state !== undefined);
    return line;
  }

  /** Resolves with the result; rejects with the code it was refused with. */
  async ask(body: Ask): Promise<Record<string, unknown>> {
    const id = this.#nextId++;
    const answer = await new Promise<Answer>((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, body }));
    });
    if (answer.ok) return answer.result;
    throw new Error(answer.code);
  }

  /** Resolves once `isMet` holds, looked at with every frame. */
  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isMet()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.until(() => this.closeCode !== undefined);
  }

  #take(frame: Frame): void {
    if ('re' in frame) this.#answers.get(frame.re)?.(frame);
    else {
      this.events.push(frame);
      if (frame.event === 'desk') this.state = frame.desk as State;
      if (frame.event === 'phone') this.state = frame.phone as State;
    }
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }
}

export type DeskLine = PageLine<DeskAsk, DeskState>;
export type PhoneLine = PageLine<PhoneAsk, PhoneState>;

type MediaAsk = Extract<DeskAsk & PhoneAsk, { ask: `media.${string}` }>;

/** Sets up the audio of a page whose browser's side is a `PhoneGate`. */
export async function openAudio(line: { ask(body: MediaAsk): Promise<Record<string, unknown>> }): Promise<void> {
  const { send } = (await line.ask({ ask: 'media.open' })) as { send: { id: string } };
  await line.ask({ ask: 'media.connect', transportId: send.id, dtlsParameters: {} });
}

/** An agent who is available, with audio. */
export async function availableAgent(httpUrl: string, name: string, password: string): Promise<DeskLine> {
  const line: DeskLine = await PageLine.open(httpUrl, 'desk', await logIn(httpUrl, name, password));
  await openAudio(line);
  await line.until(() => line.state?.mediaReady === true);
  await line.ask({ ask: 'goAvailable' });
  return line;
}
