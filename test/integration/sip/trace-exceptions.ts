/** Rules of `docs/spec/sip-differences.md`. */
type Rule = `SD${number}`;

/** Traces that cannot be played to their end, and why. */
export const NOT_PLAYED: Readonly<Record<string, Rule>> = {
  '29-reinvite-200-without-ack-and-glare': 'SD7',
  '36-unauthenticated-client-can-do-everything': 'SD1',
};

/** What differs in which trace, under the rule that says so. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, Readonly<Record<Rule, readonly string[]>>>> = {
  '01-connect-authenticate-route-ping': {
    SD1: [
      'to app: OK: NO|not authenticated instead',
      'missing to app: OK',
      'to app: OK: token 3',
      'to app: OK: token 4',
    ],
  },
  '14b-subscribe-outbound': {
    SD6: [
      'missing to PEER: 500 NOTIFY',
      'extra to PEER: 200 NOTIFY',
      'to app: NOK: sip text',
      'to app: NOK: OK|application instead',
    ],
  },
  '18-update': { SD12: ['to app: response 200 UPDATE: token 11'] },
  '19-errors-returned-to-the-app': {
    SD9: ['echo of OPTIONS: to', 'to app: 503 OPTIONS: to', 'echo of INVITE: to', 'to app: 503 INVITE: to'],
    SD10: ['to app: 503 OPTIONS: -via'],
    SD11: ['missing to app: sip 503 OPTIONS'],
  },
  '22-app-disconnects-during-call': {
    SD8: [
      'to PEER: 481 INFO: 480 INFO',
      'to PEER: 481 INFO: +retry-after',
      'to PEER: 481 BYE: 200 BYE',
      'to PEER: 503 INVITE: +retry-after',
    ],
  },
  '31-localhost-placeholder-inside-a-dialog': {
    SD4: ['to PEER: INVITE: +contact', 'echo of INVITE: +contact'],
    SD5: [
      'missing to PEER: INFO',
      'extra to PEER: INFO',
      'echo of INFO: from',
      'echo of INFO: to',
      'echo of INFO: call-id',
      'missing to app: sip 200 INFO',
    ],
  },
  '37-remove-route-removes-all-routes': {
    SD2: ['missing to PEER: 503 MESSAGE', 'extra to app: sip MESSAGE', 'extra to app: OK 200 MESSAGE'],
  },
};
