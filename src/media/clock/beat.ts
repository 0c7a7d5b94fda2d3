import { FRAME_MS } from '../codec/g711.ts';

/**
 * One beat for all endpoints of a thread: every 20 ms, at fixed times of the shared clock, each slot of endpoints is
 * sent for. Slots lie evenly in the 20 ms, so that many sends are not one burst; only slots in use cost anything.
 * The schedule is absolute: a late beat does not move the next one.
 *
 * With few endpoints the thread waits in its event loop and reads each packet as it comes. With every slot in use it
 * sleeps from beat to beat instead and reads what came meanwhile in one go: a packet then waits 10 ms at most, and the
 * thread wakes a hundred times a second instead of thousands.
 */

export const SLOTS = 2;
const SLOT_STEP_MS = FRAME_MS / SLOTS;

/**
 * A slot that is further behind than this leaves frames out instead of sending them in one burst. 200 ms is what the jitter
 * buffers of phones and gateways commonly ride out: until then a late frame is heard, and one left out never is.
 */
const MOST_FRAMES_BEHIND = 10;

const SAMPLES_KEPT = 4_096;

export interface BeatOptions {
  now: () => number;
  /** Sends one frame for every endpoint of the slot. `skipped` frames before it were left out. */
  onSlot: (slot: number, dueMs: number, skipped: number) => void;
}

/** The schedule alone, without a timer: which slot is due next, and when. */
export class BeatPlan {
  readonly #due: number[];
  readonly #isUsed: boolean[] = Array.from({ length: SLOTS }, () => false);

  constructor(startMs: number) {
    this.#due = Array.from({ length: SLOTS }, (_, slot) => startMs + slot * SLOT_STEP_MS);
  }

  use(slot: number, isUsed: boolean, nowMs: number): void {
    if (isUsed && !this.#isUsed[slot]) {
      const due = this.#due[slot] ?? 0;
      this.#due[slot] = due + Math.max(0, Math.ceil((nowMs - due) / FRAME_MS)) * FRAME_MS;
    }
    this.#isUsed[slot] = isUsed;
  }

  /** The slot that is due first, or undefined when none is in use. */
  next(): { slot: number; dueMs: number } | undefined {
    let first: { slot: number; dueMs: number } | undefined;
    for (let slot = 0; slot < SLOTS; slot++) {
      const dueMs = this.#due[slot] ?? 0;
      if (this.#isUsed[slot] && (first === undefined || dueMs < first.dueMs)) first = { slot, dueMs };
    }
    return first;
  }

  /** Takes the slot's turn; the answer is how many frames had to be left out and when the frame to send was due. */
  take(slot: number, nowMs: number): { skipped: number; dueMs: number } {
    const due = this.#due[slot] ?? 0;
    const behind = Math.floor((nowMs - due) / FRAME_MS);
    const skipped = behind > MOST_FRAMES_BEHIND ? behind : 0;
    const dueMs = due + skipped * FRAME_MS;
    this.#due[slot] = dueMs + FRAME_MS;
    return { skipped, dueMs };
  }
}

/** Timers are whole milliseconds and fire up to one late: the last stretch is slept through exactly. */
const EXACT_MS = 1.2;
/** The next beat is this near only when every slot is in use (or a beat was late): sleep until then. */
const NEAR_MS = SLOT_STEP_MS + 1;

export class Beat {
  beats = 0;
  skipped = 0;
  readonly #options: BeatOptions;
  readonly #plan: BeatPlan;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  readonly #late = new Float32Array(SAMPLES_KEPT);
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #isStopped = false;

  constructor(options: BeatOptions) {
    this.#options = options;
    this.#plan = new BeatPlan(options.now());
  }

  /** Tells whether a slot has endpoints. */
  use(slot: number, isUsed: boolean): void {
    this.#plan.use(slot, isUsed, this.#options.now());
    if (isUsed && this.#timer === undefined && !this.#isStopped) this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer = undefined;
  }

  /** Lateness of the last few thousand beats against their schedule, in ms. */
  lateness(): { p50Ms: number; p99Ms: number } {
    const sorted = this.#late.slice(0, Math.min(this.beats, SAMPLES_KEPT)).sort();
    return { p50Ms: sorted[sorted.length >> 1] ?? 0, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
  }

  #wait(): void {
    const next = this.#plan.next();
    if (!next || this.#isStopped) {
      this.#timer = undefined;
      return;
    }
    const left = next.dueMs - this.#options.now();
    if (left < NEAR_MS) {
      // Two turns of the event loop: one reads, the other finishes what the first began.
      this.#timer = setImmediate(this.#oneMoreTurn);
    } else {
      this.#timer = setTimeout(this.#wake, Math.floor(left - EXACT_MS));
    }
  }

  readonly #oneMoreTurn = (): void => {
    if (!this.#isStopped) this.#timer = setImmediate(this.#wake);
  };

  readonly #wake = (): void => {
    if (this.#isStopped) return;
    const next = this.#plan.next();
    const left = next ? next.dueMs - this.#options.now() : 0;
    if (next && left < NEAR_MS) {
      if (left > 0) Atomics.wait(this.#sleeper, 0, 0, left);
      this.#turn(next.slot);
    }
    this.#wait();
  };

  #turn(slot: number): void {
    const nowMs = this.#options.now();
    const { skipped, dueMs } = this.#plan.take(slot, nowMs);
    this.#late[this.beats % SAMPLES_KEPT] = nowMs - dueMs;
    this.beats++;
    this.skipped += skipped;
    this.#options.onSlot(slot, dueMs, skipped);
  }
}
