import type { View } from '../machine/step-kind.ts';

/** Keys kept for the next question while something else goes on. */
const MAX_TYPED = 64;

/** The keys pressed ahead, with one more. */
export function keep(view: View, digit: string): string {
  return (view.state.typed + digit).slice(0, MAX_TYPED);
}
