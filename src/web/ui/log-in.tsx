import { type FormEvent, useState } from 'react';
import type { SessionUser } from '../../protocol/http.ts';
import { api } from '../client/api.ts';
import { Banner } from './banner.tsx';
import { LanguageSwitch } from './page-frame.tsx';
import { useAction } from './use-action.ts';
import { failureText, useTexts } from './use-texts.ts';

export function LogIn({ title, done }: { title: string; done(user: SessionUser): void }) {
  const { t } = useTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { run, busy, error } = useAction();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(async () => done(await api.logIn(name.trim(), password)));
  };
  return (
    <main className="log-in">
      <form className="card" onSubmit={submit} aria-label={t.logInTitle}>
        <h1>
          <span className="mark" aria-hidden="true" />
          Parley <small className="subtitle">{title}</small>
        </h1>
        <label>
          {t.userName}
          <input name="name" autoComplete="username" required value={name} onChange={(e) => setName(e.target.value)} />
        </label>
        <label>
          {t.password}
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        </label>
        {error !== undefined && <Banner kind="error">{failureText(t, error)}</Banner>}
        <button type="submit" className="primary" disabled={busy}>
          {t.logIn}
        </button>
        <LanguageSwitch />
      </form>
    </main>
  );
}
