import type { FlowsFace } from '../../../src/adapters/http/flow-handlers.ts';
import { FlowLibrary } from '../../../src/flows/library.ts';
import { LiveFlows } from '../../../src/flows/versions/live-flows.ts';
import type { FlowTallies } from '../../../src/reports/flow-figures.ts';
import { systemClock } from '../../../src/shared/time.ts';
import { FakeFlowFolder } from '../fake-flow-folder.ts';
import { MemoryFlowVersions } from '../memory-flow-versions.ts';

/** Real flows over a folder and a store in memory; what was counted is what a test says. */
export interface FakeFlows extends FlowsFace {
  library: FlowLibrary;
  live: LiveFlows;
  folder: FakeFlowFolder;
  store: MemoryFlowVersions;
  close(): void;
}

export async function fakeFlows(
  files: Record<string, string> = {},
  tallies: Partial<FlowTallies> = {},
): Promise<FakeFlows> {
  const folder = new FakeFlowFolder();
  folder.files = files;
  const store = new MemoryFlowVersions();
  const library = new FlowLibrary({ folder, clock: systemClock });
  await library.open();
  const live = new LiveFlows({ library, store, clock: systemClock });
  await live.open();
  return {
    folder,
    store,
    library,
    live,
    tallies: { calls: async () => [], steps: async () => [], ...tallies },
    close: () => {
      live.close();
      library.close();
    },
  };
}
