import { decodeTable, type Law } from '../codec/g711.ts';

/** Whether somebody speaks, from the loudness of what arrives: cheap enough to run on every packet. */

/** Mean magnitude above this counts as speech: about -44 dBov, over line noise and below a quiet voice. */
const SPEECH_MAGNITUDE = 200;
/** Speech has to last this long to be told, and silence this long to end it, in ms. */
const SPEECH_AFTER_MS = 60;
const SILENT_AFTER_MS = 600;
/** Every fourth sample says enough about loudness. */
const STRIDE = 4;

export class VoiceActivity {
  isTalking = false;
  #loudSinceMs = 0;
  #loudAtMs = 0;

  /** Takes a packet's payload; true when the verdict changed. */
  take(data: Uint8Array, start: number, end: number, law: Law, nowMs: number): boolean {
    const table = decodeTable(law);
    let sum = 0;
    for (let i = start; i < end; i += STRIDE) sum += Math.abs(table[data[i] ?? 0] ?? 0);
    const isLoud = sum * STRIDE > SPEECH_MAGNITUDE * (end - start);
    if (isLoud) {
      if (nowMs - this.#loudAtMs > SPEECH_AFTER_MS) this.#loudSinceMs = nowMs;
      this.#loudAtMs = nowMs;
    }
    return this.check(nowMs);
  }

  /** To be called now and then also when nothing arrives; true when the verdict changed. */
  check(nowMs: number): boolean {
    const was = this.isTalking;
    if (was) this.isTalking = nowMs - this.#loudAtMs < SILENT_AFTER_MS;
    else
      this.isTalking =
        this.#loudAtMs > 0 &&
        this.#loudAtMs - this.#loudSinceMs >= SPEECH_AFTER_MS - 20 &&
        nowMs - this.#loudAtMs < SPEECH_AFTER_MS;
    return this.isTalking !== was;
  }
}
