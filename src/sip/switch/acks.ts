import { randomUUID } from 'node:crypto';
import { messageFrame } from '../frames/to-app.ts';
import { callIdOf, cseqOf, fromTagOf, toTagOf } from '../messages/read.ts';
import type { Source } from '../transport/address.ts';
import type { SipRequest } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { fromNetwork } from './meta.ts';

/** ACK to a 2xx of ours: the App hears it once, whatever comes again. */
export function takeAck(core: Core, ack: SipRequest, source: Source, bytes: number): void {
  const dialog = core.dialogs.byTags(callIdOf(ack), toTagOf(ack), fromTagOf(ack));
  const answer = dialog?.ownAnswer;
  if (!dialog || !answer || answer.cseq !== cseqOf(ack).number) return;
  if (!answer.repeater.acknowledged()) return;
  // Apps are told no protocol with an ACK; nothing of theirs asks for it.
  const meta = { ...fromNetwork(core, source, bytes), protocol: '' };
  dialog.owner?.tell(messageFrame(meta, answer.transactionId ?? randomUUID(), dialog.id), serialise(ack));
}
