/** The words of the media protocol as the rooms of this program use them; `protocol/` itself is shared with the app. */
export type { Inventory, LossReason, MediaAnswer, MediaFact, MediaOrder, PlayItem } from './protocol/messages.ts';
export { mediaOrder } from './protocol/messages.ts';
