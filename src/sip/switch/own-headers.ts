/** Headers that an App may not set in a request: ours to make, or known to the dialog. */
export const OWN_HEADERS: ReadonlySet<string> = new Set([
  'via',
  'route',
  'record-route',
  'rseq',
  'content-length',
  'from',
  'to',
  'call-id',
  'cseq',
  'max-forwards',
  'contact',
  'content-type',
]);
