/** Who hears whom, over all bridges: pure tables, no audio. */

export type Hears = Record<string, string[]>;

export class BridgeTables {
  readonly #bridges = new Map<string, { callId: string | undefined; hears: Hears }>();

  /** Replaces a bridge's table; answers the listeners whose speakers may have changed. */
  set(bridgeId: string, hears: Hears, callId: string | undefined): Set<string> {
    const before = this.#bridges.get(bridgeId)?.hears ?? {};
    this.#bridges.set(bridgeId, { callId, hears: structuredClone(hears) });
    return new Set([...Object.keys(before), ...Object.keys(hears)]);
  }

  /** Answers the listeners it had. */
  close(bridgeId: string): Set<string> {
    const before = this.#bridges.get(bridgeId)?.hears ?? {};
    this.#bridges.delete(bridgeId);
    return new Set(Object.keys(before));
  }

  /** Everyone this endpoint hears, in the order of the tables; never itself. */
  speakersOf(endpointId: string): string[] {
    const speakers = new Set<string>();
    for (const { hears } of this.#bridges.values()) {
      if (!Object.hasOwn(hears, endpointId)) continue;
      for (const speaker of hears[endpointId] ?? []) speakers.add(speaker);
    }
    speakers.delete(endpointId);
    return [...speakers];
  }

  /** Takes an endpoint that is gone out of every table; answers the listeners that lost a speaker. */
  forget(endpointId: string): Set<string> {
    const changed = new Set<string>();
    for (const { hears } of this.#bridges.values()) {
      delete hears[endpointId];
      for (const [listener, speakers] of Object.entries(hears)) {
        if (!speakers.includes(endpointId)) continue;
        hears[listener] = speakers.filter((speaker) => speaker !== endpointId);
        changed.add(listener);
      }
    }
    return changed;
  }

  list(): { bridgeId: string; callId?: string; hears: Hears }[] {
    return [...this.#bridges].map(([bridgeId, { callId, hears }]) => ({
      bridgeId,
      ...(callId === undefined ? {} : { callId }),
      hears: structuredClone(hears),
    }));
  }
}
