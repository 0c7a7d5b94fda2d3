import type { FlowEvent } from '../machine/types.ts';

/** An event before anybody has said when it happens. */
export type Untimed = FlowEvent extends infer E ? (E extends FlowEvent ? Omit<E, 'at'> : never) : never;
