/**
 * What a trace calls something and what this run calls it: ids, tags, branches, ports, sequence numbers. The first time a
 * name of the trace meets one of the run they are bound; from then on they must meet again.
 */
export class TraceValues {
  #byTrace = new Map<string, string>();
  #liveOnes = new Set<string>();
  #ports = new Map<number, number>();
  /** Sequence numbers run on: a scope keeps how far the run's are from the trace's. */
  #offsets = new Map<string, number>();

  bindPort(inTrace: number, live: number): void {
    this.#ports.set(inTrace, live);
  }

  /** True when both name the same thing, which they do from their first meeting on. */
  meet(inTrace: string, live: string): boolean {
    const known = this.#byTrace.get(inTrace);
    if (known !== undefined) return known === live;
    if (this.#liveOnes.has(live)) return false;
    this.#byTrace.set(inTrace, live);
    this.#liveOnes.add(live);
    return true;
  }

  /** True when `live` may stand for `inTrace`, without binding them. */
  couldMeet(inTrace: string, live: string): boolean {
    const known = this.#byTrace.get(inTrace);
    return known === undefined ? !this.#liveOnes.has(live) : known === live;
  }

  meetNumber(scope: string, inTrace: number, live: number): boolean {
    const offset = this.#offsets.get(scope);
    if (offset === undefined) this.#offsets.set(scope, live - inTrace);
    return offset === undefined || inTrace + offset === live;
  }

  number(scope: string, inTrace: number): number {
    const offset = this.#offsets.get(scope) ?? 0;
    this.#offsets.set(scope, offset);
    return inTrace + offset;
  }

  /** Text of the trace with this run's values in it. */
  live(text: string): string {
    let out = text;
    for (const [inTrace, live] of [...this.#byTrace].sort(([a], [b]) => b.length - a.length)) {
      if (inTrace !== live && inTrace.length > 5) out = out.replaceAll(inTrace, live);
    }
    return out.replace(/(?<![\w.-])\d{4,5}(?![\w-])/g, (digits) => String(this.#ports.get(Number(digits)) ?? digits));
  }
}
