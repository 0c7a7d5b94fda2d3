import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlowError, printFlowError } from '../../flows/language/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';

export interface LiveFilesDeps<T> {
  dir: string;
  /** Which files of the folder are meant. */
  isMeant: (file: string) => boolean;
  load: (text: string, file: string) => { ok: true; value: T } | { ok: false; errors: FlowError[] };
  clock: Clock;
  log: Logger;
}

/** Editors write a file in several strokes; a change is read when it has been quiet for so long. */
const QUIET_MS = 150;

/** Files of settings in a folder, read again when they change. A file with mistakes keeps its last good content in use. */
export class LiveFiles<T> {
  readonly #deps: LiveFilesDeps<T>;
  readonly #values = new Map<string, T>();
  readonly #told = new Map<string, string>();
  #watcher: FSWatcher | undefined;
  #cancelQuiet: () => void = () => {};
  #reading: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: LiveFilesDeps<T>) {
    this.#deps = deps;
  }

  /** Reads the files and watches the folder from now on. A folder that is not there is an empty one. */
  async open(): Promise<void> {
    this.#watch();
    await this.reload();
  }

  /** What the files hold, by file name. */
  values(): ReadonlyMap<string, T> {
    return this.#values;
  }

  /** Reads the files again. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading
      .then(() => this.#read())
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'settings could not be read'));
    return this.#reading;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelQuiet();
    this.#watcher?.close();
  }

  #watch(): void {
    const { dir, clock, log } = this.#deps;
    try {
      this.#watcher = watch(dir, () => {
        this.#cancelQuiet();
        this.#cancelQuiet = clock.after(QUIET_MS, () => void this.reload());
      });
      this.#watcher.on('error', (error) => log.warn({ dir, error: String(error) }, 'folder is no longer watched'));
    } catch (error) {
      log.warn({ dir, error: String(error) }, 'folder cannot be watched: changes need a restart');
    }
  }

  async #read(): Promise<void> {
    const { dir, isMeant } = this.#deps;
    const names = (await readdir(dir).catch(() => [])).filter(isMeant).sort();
    for (const name of names) await this.#readOne(name);
    for (const file of this.#values.keys()) if (!names.includes(file)) this.#values.delete(file);
  }

  async #readOne(file: string): Promise<void> {
    const { dir, load, log } = this.#deps;
    const text = await readFile(join(dir, file), 'utf8').catch(() => undefined);
    if (this.#isClosed) return;
    if (text === undefined) {
      log.error({ file }, 'settings could not be read: the last good version stays');
      return;
    }
    const loaded = load(text, file);
    if (loaded.ok) {
      if (this.#told.get(file) !== text) log.info({ file }, 'settings loaded');
      this.#values.set(file, loaded.value);
    } else if (this.#told.get(file) !== text) {
      for (const error of loaded.errors) log.error({ mistake: printFlowError(error) }, 'settings have a mistake');
    }
    this.#told.set(file, text);
  }
}
