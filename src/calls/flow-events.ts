import type { FlowEvent } from '../flows/machine/types.ts';

/** An event of a flow before the driver has written its time on it. */
export type Happening = FlowEvent extends infer E ? (E extends FlowEvent ? Omit<E, 'at'> : never) : never;
