import { messageFrame } from '../frames/to-app.ts';
import { ownAnswer } from '../messages/compose.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { fromNowhere } from './meta.ts';
import type { Outgoing } from './outgoing.ts';

/** No answer will come; the App gets one of our own, from nowhere. */
export function tellLocalFailure(
  core: Core,
  outgoing: Outgoing,
  status: number,
  how: { protocol: string; reason?: string },
): void {
  if (!core.outgoing.delete(outgoing.transactionId)) return;
  const { dialog, request } = outgoing;
  for (const early of outgoing.early.values()) early.take('failed');
  if (dialog) {
    if (dialog.ownInvite === outgoing.transaction) dialog.ownInvite = undefined;
    if (dialog.ownUpdate === outgoing.transaction) dialog.ownUpdate = undefined;
    if (request.method === 'BYE') dialog.take('byeAnswered');
  }
  const made = ownAnswer(request, status);
  const response = how.reason === undefined ? made : { ...made, reason: how.reason };
  outgoing.app?.tell(
    messageFrame(fromNowhere(core, how.protocol), outgoing.transactionId, outgoing.dialogId),
    serialise(response),
  );
}
