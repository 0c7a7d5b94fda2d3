import type { ConnectionState } from '../client/connection-machine.ts';
import { Banner } from './banner.tsx';
import { useTexts } from './use-texts.ts';

/** Tells when the page's line to the server does not stand, and what can be done about it. */
export function LineBanner({ connection, takeBack }: { connection: ConnectionState['kind']; takeBack(): void }) {
  const { t } = useTexts();
  switch (connection) {
    case 'idle':
    case 'open':
    case 'closed':
      return null;
    case 'takenOver':
      return (
        <Banner kind="error">
          {t.takenOver}{' '}
          <button type="button" onClick={takeBack}>
            {t.takeBack}
          </button>
        </Banner>
      );
    case 'loggedOut':
      return (
        <Banner kind="error">
          {t.loggedOut}{' '}
          <button type="button" onClick={() => location.reload()}>
            {t.logInAgain}
          </button>
        </Banner>
      );
    default:
      return <Banner kind="warning">{t.reconnecting}</Banner>;
  }
}
