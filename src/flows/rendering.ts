import { knownAudio } from './audio.ts';
import type { Flow } from './language/flow.ts';
import type { PromptStore, SpeechRequest, Voice } from './voice.ts';

interface Deps {
  voice: Voice;
  prompts: PromptStore;
  /** Something could not be rendered; it is tried again when a call needs it. */
  failed(flow: string, what: string, error: unknown): void;
}

/**
 * Renders what flows are known to play, so that no call waits for it. A site with many flows, or one that comes back while callers
 * talk, is ready before all is rendered: the flow that answers first is done. The rest follows one by one, so that a call which needs
 * something that is not there yet gets it next.
 */
export class Rendering {
  readonly #deps: Deps;
  /** Flows that came before the start was through. */
  #early: Flow[] | undefined = [];
  readonly #left: (() => Promise<unknown>)[] = [];
  #going: Promise<void> | undefined;
  #isClosed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Renders a flow; before the start is through it is only noted. Never rejects. */
  async prepare(flow: Flow): Promise<void> {
    if (this.#early) this.#early.push(flow);
    else await Promise.all(this.#workOf(flow).map((work) => work()));
  }

  /** Texts that may come in useful, rendered when there is nothing better to do. */
  inGoodTime(texts: readonly SpeechRequest[]): void {
    if (this.#isClosed) return;
    this.#left.push(...texts.map((text) => () => this.#deps.voice.render(text).catch(() => undefined)));
    if (!this.#early) void this.#goOn();
  }

  /** Resolves when calls can be taken. `answering`: the flows that numbers lead to, in the order of the numbers. */
  async start(answering: readonly string[]): Promise<void> {
    const early = this.#early ?? [];
    this.#early = undefined;
    const rank = ({ name }: Flow): number => (answering.includes(name) ? answering.indexOf(name) : answering.length);
    const ranked = [...early].sort((a, b) => rank(a) - rank(b));
    // The draft and the live version of one flow are both among them.
    const first = ranked.filter(({ name }) => name === ranked[0]?.name);
    await Promise.all(first.map((flow) => this.prepare(flow)));
    for (const flow of ranked.slice(first.length)) this.#left.push(...this.#workOf(flow));
    void this.#goOn();
  }

  close(): void {
    this.#isClosed = true;
    this.#left.length = 0;
  }

  /** Works off what is left, one at a time, unless that is being done already. */
  #goOn(): Promise<void> {
    this.#going ??= this.#workOff().finally(() => {
      this.#going = undefined;
    });
    return this.#going;
  }

  async #workOff(): Promise<void> {
    for (let work = this.#left.shift(); work; work = this.#left.shift()) await work();
  }

  #workOf(flow: Flow): (() => Promise<unknown>)[] {
    const { voice, prompts, failed } = this.#deps;
    const { texts, prompts: recorded } = knownAudio(flow);
    const told = (what: string, work: () => Promise<unknown>) => () =>
      work().catch((error: unknown) => failed(flow.name, what, error));
    return [
      ...texts.map((request) => told(request.text, () => voice.render(request))),
      ...recorded.map(({ name, language }) => told(name, () => prompts.find(name, language))),
    ];
  }
}
