import type { AppConnection } from '../app-side/connection.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { Repeater } from '../dialog/repeater.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';

/** A request from the network that an App has to answer. */
export interface Pending {
  transactionId: string;
  transaction: ServerTransaction;
  app: AppConnection;
  /** The dialog it came in, or the one that its answers make. */
  dialog: Dialog | undefined;
  /** True when it came inside a dialog. */
  inDialog: boolean;
  /** Our To tag, once the first answer chose it. */
  localTag: string | undefined;
  /** Empty until a dialog may be known by it. */
  dialogId: string;
  /** Reliable provisional answers that no PRACK acknowledged yet, by RSeq. */
  reliable: Map<number, Repeater>;
  lastRseq: number | undefined;
  /** An UPDATE inside the early dialog; Apps answer it under this request's transactionId. */
  earlyUpdate: ServerTransaction | undefined;
  /** Stops the watch over an App that never answers. */
  stopWatch: (() => void) | undefined;
}

/** Requests that wait for an App, by transactionId and by transaction. */
export class PendingTable {
  #byId = new Map<string, Pending>();
  #byTransaction = new Map<ServerTransaction, Pending>();

  get size(): number {
    return this.#byId.size;
  }

  add(pending: Pending): void {
    this.#byId.set(pending.transactionId, pending);
    this.#byTransaction.set(pending.transaction, pending);
  }

  remove(pending: Pending): void {
    pending.stopWatch?.();
    for (const repeater of pending.reliable.values()) repeater.drop();
    this.#byId.delete(pending.transactionId);
    this.#byTransaction.delete(pending.transaction);
  }

  byId(transactionId: string): Pending | undefined {
    return this.#byId.get(transactionId);
  }

  of(transaction: ServerTransaction): Pending | undefined {
    return this.#byTransaction.get(transaction);
  }

  askedOf(app: AppConnection): Pending[] {
    return [...this.#byId.values()].filter((pending) => pending.app === app);
  }

  *[Symbol.iterator](): Generator<Pending> {
    yield* this.#byId.values();
  }
}
