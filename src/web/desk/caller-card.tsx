import type { ReactNode } from 'react';
import type { CallerStory } from '../../protocol/desk.ts';
import { clockTime } from '../client/format.ts';
import type { Texts } from '../i18n/texts.ts';
import { useTexts } from '../ui/use-texts.ts';

export function callerName(t: Texts, story: CallerStory): string {
  return story.callerNumber === 'anonymous' ? t.withheld : story.callerNumber;
}

/** What rings, in one line: a caller, or a customer who wants to be called back. */
export function offerTitle(t: Texts, story: CallerStory): string {
  const name = callerName(t, story);
  return story.kind === 'callback' ? t.callBackTo(name) : t.offerFrom(name);
}

interface CallerCardProps {
  title: string;
  /** `ringing`, `talking`, `held` or `done`. */
  mood: string;
  story: CallerStory;
  aside: ReactNode;
  children: ReactNode;
}

/** Who calls, what they came through, and what can be done now. */
export function CallerCard({ title, mood, story, aside, children }: CallerCardProps) {
  const { t } = useTexts();
  return (
    <section className={`card call ${mood}`} aria-label={title}>
      <div className="call-head">
        <div>
          <p className="eyebrow">{title}</p>
          <h2 className="caller">{callerName(t, story)}</h2>
          {story.callerName && <p className="caller-name">{story.callerName}</p>}
        </div>
        <div className="call-aside">{aside}</div>
      </div>
      <dl className="facts">
        <div>
          <dt>{t.queue}</dt>
          <dd>{story.queue ?? t.passedOn}</dd>
        </div>
        <div>
          <dt>{t.waited}</dt>
          <dd>{clockTime(story.waitedMs)}</dd>
        </div>
        <div>
          <dt>{t.calledNumber}</dt>
          <dd>{story.calledNumber}</dd>
        </div>
      </dl>
      <div>
        <p className="eyebrow">{t.path}</p>
        {story.path.length === 0 ? (
          <p className="muted">{t.noPath}</p>
        ) : (
          <ol className="path">
            {story.path.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a caller may pass a step twice; the path only grows
              <li key={index}>
                {isKey(step.exit) && <kbd>{step.exit}</kbd>}
                <span>{step.label ?? step.step}</span>
              </li>
            ))}
          </ol>
        )}
      </div>
      {children}
    </section>
  );
}

/** Exits that are keys the caller pressed; others, such as `next`, tell an agent nothing. */
function isKey(exit: string | undefined): boolean {
  return exit !== undefined && /^[0-9*#]+$/.test(exit);
}
