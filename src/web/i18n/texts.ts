import type { en } from './en.ts';

/** The shape of a dictionary: English's keys, each with any text, or a function of the same arguments. */
type Widened<T> = T extends (...given: infer Given) => string
  ? (...given: Given) => string
  : T extends string
    ? string
    : { [K in keyof T]: Widened<T[K]> };

export type Texts = Widened<typeof en>;
