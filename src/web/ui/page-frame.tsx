import { type ReactNode, useEffect } from 'react';
import type { SessionUser } from '../../protocol/http.ts';
import { api } from '../client/api.ts';
import { dictionaries, type Language } from '../i18n/language.ts';
import { useTexts } from './use-texts.ts';

export function LanguageSwitch() {
  const { t, language, choose } = useTexts();
  return (
    <select
      className="language"
      aria-label={t.language}
      value={language}
      onChange={(event) => choose(event.target.value as Language)}
    >
      {Object.entries(dictionaries).map(([key, texts]) => (
        <option key={key} value={key}>
          {texts.languageName}
        </option>
      ))}
    </select>
  );
}

/** What stands at the top of every page, and the page's own part below it. */
export function PageFrame(props: { title: string; user: SessionUser; status?: ReactNode; children: ReactNode }) {
  const { title, user, status, children } = props;
  const { t } = useTexts();
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  const logOut = (): void => {
    const reload = (): void => location.reload();
    api.logOut().then(reload, reload);
  };
  return (
    <>
      <header className="top">
        <span className="brand">
          <span className="mark" aria-hidden="true" />
          Parley <small className="subtitle">{title}</small>
        </span>
        {status}
        <nav>
          {title !== t.deskTitle && user.role !== 'admin' && (
            <a className="top-link" href="/desk">
              {t.goToDesk}
            </a>
          )}
          {title !== t.phoneTitle && (
            <a className="top-link" href="/call">
              {t.goToPhone}
            </a>
          )}
          {title !== t.consoleTitle && user.role !== 'agent' && (
            <a className="top-link" href="/console">
              {t.goToConsole}
            </a>
          )}
        </nav>
        <span className="who">{user.displayName}</span>
        <LanguageSwitch />
        <button type="button" className="quiet" onClick={logOut}>
          {t.logOut}
        </button>
      </header>
      {children}
    </>
  );
}
