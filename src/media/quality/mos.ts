/**
 * A mean opinion score from what was measured: the E-model (ITU-T G.107) with its defaults, for G.711 with simple
 * concealment. `delayMs` is mouth to ear as far as known; `lossRate` 0 to 1.
 */
export function meanOpinionScore(delayMs: number, lossRate: number): number {
  const delayImpairment = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const lossPercent = lossRate * 100;
  // Random loss robustness of G.711 without packet loss concealment (ITU-T G.113, appendix I).
  const lossImpairment = (95 * lossPercent) / (lossPercent + 4.3);
  const rating = 93.2 - delayImpairment - lossImpairment;
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  return 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
}
