import type { FlowFolder, FolderContents } from '../../src/flows/folder.ts';

/** A folder of flows in memory; `changed` is what its watcher is told. */
export class FakeFlowFolder implements FlowFolder {
  files: Record<string, string> = {};
  prompts: string[] = [];
  queues: string[] | undefined;
  fails = false;
  changed: () => void = () => undefined;

  async read(): Promise<FolderContents> {
    if (this.fails) throw new Error('no such folder');
    const all = Object.entries(this.files).map(([file, text]) => ({ file, text }));
    const services = all.find(({ file }) => file === 'services.yaml');
    return {
      flows: all.filter((one) => !one.file.includes('/') && one !== services),
      ...(services && { services }),
      calendars: all.filter(({ file }) => file.startsWith('calendars/')),
      prompts: this.prompts,
      queues: this.queues,
    };
  }

  watch(changed: () => void): () => void {
    this.changed = changed;
    return () => {
      this.changed = () => undefined;
    };
  }
}
