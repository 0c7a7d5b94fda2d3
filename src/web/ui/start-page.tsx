import { type ReactNode, StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { SessionUser } from '../../protocol/http.ts';
import { api } from '../client/api.ts';
import type { Texts } from '../i18n/texts.ts';
import './style.css';
import { LogIn } from './log-in.tsx';
import { useTexts } from './use-texts.ts';

interface PageOptions {
  title(t: Texts): string;
  page(user: SessionUser): ReactNode;
}

/** Shows the log-in until somebody is logged in, and then their page. */
function Page({ title, page }: PageOptions) {
  const { t } = useTexts();
  const [user, setUser] = useState<SessionUser | 'unknown' | 'nobody'>('unknown');
  useEffect(() => {
    api.whoAmI().then(setUser, () => setUser('nobody'));
  }, []);
  if (user === 'unknown') return <p className="centre">{t.connecting}</p>;
  if (user === 'nobody') return <LogIn title={title(t)} done={setUser} />;
  return page(user);
}

// A page that the browser kept asleep has closed its audio: it begins anew when it is shown again.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

export function startPage(options: PageOptions): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no root');
  createRoot(root).render(
    <StrictMode>
      <Page {...options} />
    </StrictMode>,
  );
}
