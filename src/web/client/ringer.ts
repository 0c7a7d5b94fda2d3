const RING_EVERY_MS = 3_000;

/** Rings for an offer until told to stop: two soft tones, the page's title, and a notification when the page is hidden. */
export class Ringer {
  readonly #context: () => AudioContext;
  #timers: ReturnType<typeof setInterval>[] = [];
  #notification: Notification | undefined;
  #title = '';

  constructor(context: () => AudioContext) {
    this.#context = context;
  }

  /** Asks once for the right to notify; best from a click. */
  static askToNotify(): void {
    if ('Notification' in globalThis && Notification.permission === 'default') void Notification.requestPermission();
  }

  start(text: { title: string; body: string }): void {
    if (this.#timers.length > 0) return;
    this.#title = document.title;
    this.#sound();
    let flashed = false;
    this.#timers = [
      setInterval(() => this.#sound(), RING_EVERY_MS),
      setInterval(() => {
        flashed = !flashed;
        document.title = flashed ? `☎ ${text.title}` : this.#title;
      }, 1_000),
    ];
    if (document.visibilityState === 'hidden') this.#notify(text);
  }

  stop(): void {
    if (this.#timers.length === 0) return;
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    document.title = this.#title;
    this.#notification?.close();
  }

  #notify({ title, body }: { title: string; body: string }): void {
    if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
    this.#notification = new Notification(title, { body, tag: 'parley-offer', requireInteraction: true });
    this.#notification.onclick = () => window.focus();
  }

  #sound(): void {
    const context = this.#context();
    if (context.state !== 'running') void context.resume();
    for (const [delay, frequency] of [
      [0, 523],
      [0.25, 659],
      [0.7, 523],
      [0.95, 659],
    ] as const) {
      const start = context.currentTime + delay;
      const tone = new OscillatorNode(context, { frequency });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.15, start + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.4);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.45);
    }
  }
}
