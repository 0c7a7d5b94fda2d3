import type { ReactNode } from 'react';

/** A line across the page that tells of something that matters now; screen readers hear it at once. */
export function Banner({ kind, children }: { kind: 'warning' | 'error' | 'info'; children: ReactNode }) {
  return (
    <div className={`banner ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
