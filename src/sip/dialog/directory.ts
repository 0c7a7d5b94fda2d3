import type { AppConnection } from '../app-side/connection.ts';
import { type Dialog, dialogKey } from './dialog.ts';

/** Every dialog, found by what Apps call it and by what the network says. */
export class DialogDirectory {
  #byId = new Map<string, Dialog>();
  #byKey = new Map<string, Dialog>();

  get size(): number {
    return this.#byKey.size;
  }

  /** Several early dialogs of a fork share an id: Apps reach the latest until one is confirmed. */
  add(dialog: Dialog): void {
    this.#byKey.set(dialog.key, dialog);
    const known = this.#byId.get(dialog.id);
    if (!known || known.life === 'early') this.#byId.set(dialog.id, dialog);
  }

  /** Lets Apps reach this one by its id. */
  prefer(dialog: Dialog): void {
    this.#byId.set(dialog.id, dialog);
  }

  remove(dialog: Dialog): void {
    if (this.#byKey.get(dialog.key) === dialog) this.#byKey.delete(dialog.key);
    if (this.#byId.get(dialog.id) === dialog) this.#byId.delete(dialog.id);
  }

  byId(id: string): Dialog | undefined {
    return this.#byId.get(id);
  }

  byTags(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
    return this.#byKey.get(dialogKey(callId, localTag, remoteTag));
  }

  ownedBy(owner: AppConnection): Dialog[] {
    return [...this.#byKey.values()].filter((dialog) => dialog.owner === owner);
  }

  *[Symbol.iterator](): Generator<Dialog> {
    yield* this.#byKey.values();
  }
}
