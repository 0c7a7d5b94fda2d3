/** The timer values of RFC 3261 section 17 (table 4), in ms, worked out from T1, T2 and T4. */
export interface TimerValues {
  /** Round-trip estimate; first retransmission. */
  t1: number;
  /** Longest gap between retransmissions. */
  t2: number;
  /** Longest life of a message in the network. */
  t4: number;
  /** 64 × T1: how long an answer is waited for (timers B, F, H, J, L, M, and CANCEL without a final answer). */
  giveUp: number;
  /** Timer D: how long retransmitted failures are acknowledged over UDP; at least 32 s. */
  absorbFailures: number;
}

export function timerValues(t1Ms = 500, t2Ms = 4_000, t4Ms = 5_000): TimerValues {
  const giveUp = 64 * t1Ms;
  return { t1: t1Ms, t2: t2Ms, t4: t4Ms, giveUp, absorbFailures: Math.max(giveUp, t1Ms < 500 ? 0 : 32_000) };
}
