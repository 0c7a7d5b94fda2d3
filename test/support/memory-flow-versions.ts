import type { FlowBundle } from '../../src/flows/versions/bundle.ts';
import type {
  Canary,
  FlowVersionStore,
  LiveChange,
  NewVersion,
  PublishedVersion,
  Standing,
} from '../../src/flows/versions/version-store.ts';
import { ParleyError } from '../../src/shared/errors.ts';

/** Published flows in memory, at the port of the records; a test may damage what is in it, or take it away. */
export class MemoryFlowVersions implements FlowVersionStore {
  readonly versions: PublishedVersion[] = [];
  readonly bundles = new Map<string, FlowBundle>();
  readonly live = new Map<string, number>();
  readonly canaries = new Map<string, Pick<Canary, 'percent' | 'number'>>();
  isAway = false;
  asked = 0;
  #revision = 0;

  async revision(): Promise<number> {
    this.asked += 1;
    if (this.isAway) throw new ParleyError('store.unreachable');
    return this.#revision;
  }

  async standings(): Promise<Standing[]> {
    const versionOf = (flow: string, number: number): string =>
      this.versions.find((one) => one.flow === flow && one.number === number)?.version ?? '';
    return [...new Set(this.versions.map(({ flow }) => flow))].map((flow) => {
      const number = this.live.get(flow);
      const canary = this.canaries.get(flow);
      return {
        flow,
        ...(number !== undefined && { live: { number, version: versionOf(flow, number), since: 0 } }),
        ...(canary && {
          canary: {
            ...canary,
            startedAt: 0,
            ...(canary.number !== undefined && { version: versionOf(flow, canary.number) }),
          },
        }),
      };
    });
  }

  async list(flow: string): Promise<PublishedVersion[]> {
    return this.versions.filter((one) => one.flow === flow).toReversed();
  }

  async bundle(version: string): Promise<FlowBundle | undefined> {
    return this.bundles.get(version);
  }

  async publish({ bundle, goesLive, parent, ...wanted }: NewVersion): Promise<PublishedVersion> {
    this.#revision += 1;
    const number = (await this.list(wanted.flow)).length + 1;
    const made = { ...wanted, number, author: 'test', publishedAt: 0, ...(parent !== undefined && { parent }) };
    this.versions.push(made);
    this.bundles.set(wanted.version, bundle);
    if (goesLive) await this.setLive(wanted.flow, number, parent, 'flow.rolledBack');
    return made;
  }

  async setLive(flow: string, number: number, _expected: number | undefined, _why: LiveChange): Promise<void> {
    this.#revision += 1;
    this.live.set(flow, number);
    this.canaries.delete(flow);
  }

  async setCanary(flow: string, canary: Pick<Canary, 'percent' | 'number'> | undefined): Promise<void> {
    this.#revision += 1;
    if (canary) this.canaries.set(flow, canary);
    else this.canaries.delete(flow);
  }
}
