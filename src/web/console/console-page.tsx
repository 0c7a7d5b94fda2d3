import type { SessionUser } from '../../protocol/http.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { useTexts } from '../ui/use-texts.ts';
import { CallList } from './call-list.tsx';
import { CallView } from './call-view.tsx';
import { useRoute } from './use-route.ts';

export function ConsolePage({ user }: { user: SessionUser }) {
  const { t } = useTexts();
  const route = useRoute();
  return (
    <PageFrame title={t.consoleTitle} user={user}>
      <main className="console">
        {user.role === 'agent' ? (
          <p className="centre">{t.cannotUseConsole}</p>
        ) : route.page === 'call' ? (
          <CallView key={route.callId} callId={route.callId} />
        ) : (
          <CallList />
        )}
      </main>
    </PageFrame>
  );
}
