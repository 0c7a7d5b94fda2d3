/** What a row of keys is worth to the one who asked. */
export type Verdict =
  /** An answer; further keys belong to the next question. */
  | 'complete'
  /** An answer, yet a longer one may follow. */
  | 'enough'
  /** The beginning of an answer. */
  | 'more'
  /** No answer begins like this. */
  | 'never';
