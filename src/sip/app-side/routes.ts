/** Which Apps take which kind of new request: a set for each verb, served in turn. */
export class RouteTable<App> {
  #byVerb = new Map<string, App[]>();
  #turn = new Map<string, number>();

  /** Registering twice changes nothing. */
  add(verb: string, app: App): void {
    const apps = this.#byVerb.get(verb);
    if (!apps) this.#byVerb.set(verb, [app]);
    else if (!apps.includes(app)) apps.push(app);
  }

  remove(verb: string, app: App): void {
    const left = (this.#byVerb.get(verb) ?? []).filter((other) => other !== app);
    if (left.length > 0) this.#byVerb.set(verb, left);
    else this.#byVerb.delete(verb);
  }

  removeAll(app: App): void {
    for (const verb of [...this.#byVerb.keys()]) this.remove(verb, app);
  }

  /** The next App in turn for this verb. */
  pick(verb: string): App | undefined {
    const apps = this.#byVerb.get(verb);
    if (!apps) return undefined;
    const turn = (this.#turn.get(verb) ?? 0) % apps.length;
    this.#turn.set(verb, turn + 1);
    return apps[turn];
  }
}
