/** What lies in a folder of flows, read at one moment. File names are relative to it. */
export interface FolderContents {
  /** `*.yaml` in the folder itself, without tests and `services.yaml`. */
  flows: FolderFile[];
  /** `*.test.yaml` beside the flows. */
  tests?: FolderFile[];
  /** `calendars/*.yaml`. */
  calendars: FolderFile[];
  /** `services.yaml`, where there is one. */
  services?: FolderFile;
  /** Names of the files in `prompts/`. */
  prompts: string[];
  /** Names of the queues that have a file in `queues/`; undefined when there is no such folder. */
  queues: string[] | undefined;
}

export interface FolderFile {
  file: string;
  /** Undefined when the file cannot be read. */
  text: string | undefined;
}

/** Where flows are kept. */
export interface FlowFolder {
  /** Rejects when the folder itself cannot be read. */
  read(): Promise<FolderContents>;
  /** Calls `changed` after anything in it may have changed, perhaps several times for one change. The answer stops it. */
  watch(changed: () => void): () => void;
}
