import type { MediaFact } from '../protocol/messages.ts';

export type Gap = Extract<MediaFact, { fact: 'recordingClosed' }>['gaps'][number];

/** A list that keeps growing for hours helps nobody: later gaps lengthen the last one of their channel. */
const MOST_GAPS = 1_000;

/** The stretches of a recording in which a channel had nothing to write, built up 10 ms at a time. */
export class Gaps {
  readonly #closed: Gap[] = [];
  readonly #running = new Map<Gap['channel'], Gap>();

  /** Says what `channel` had in the stretch: a reason for silence, or undefined for sound. */
  mark(channel: Gap['channel'], fromMs: number, toMs: number, reason: Gap['reason'] | undefined): void {
    const running = this.#running.get(channel);
    if (running && running.reason === reason && running.toMs === fromMs) {
      running.toMs = toMs;
      return;
    }
    if (running) this.#close(running);
    if (reason) this.#running.set(channel, { channel, fromMs, toMs, reason });
    else this.#running.delete(channel);
  }

  /** All of them by their beginning; a gap that both channels share from end to end is told once. */
  list(): Gap[] {
    const all = [...this.#closed, ...this.#running.values()].sort((a, b) => a.fromMs - b.fromMs);
    const merged: Gap[] = [];
    for (const gap of all) {
      const twin = merged.find(
        (other) =>
          other.fromMs === gap.fromMs &&
          other.toMs === gap.toMs &&
          other.reason === gap.reason &&
          other.channel !== gap.channel,
      );
      if (twin) twin.channel = 'both';
      else merged.push({ ...gap });
    }
    return merged;
  }

  #close(gap: Gap): void {
    this.#running.delete(gap.channel);
    if (this.#closed.length < MOST_GAPS) {
      this.#closed.push(gap);
      return;
    }
    const last = this.#closed.findLast((other) => other.channel === gap.channel);
    if (last) last.toMs = gap.toMs;
  }
}
