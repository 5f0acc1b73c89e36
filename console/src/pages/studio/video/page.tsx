import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { modelsQuery, type Model } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { tasksQuery } from '../../../api/tasks';
import { Composer } from '../../../features/composer/composer';
import { videoRequest } from '../../../features/composer/request';
import { useStudio } from '../../../features/composer/use-studio';
import { VIDEO_ROLES, VideoSettings } from '../../../features/composer/video-settings';
import { Canvas } from '../../../features/results/canvas';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type boardWords from '../../../text/en/storyboard.json';
import type words from '../../../text/en/studio.json';
import { ButtonLink } from '../../../ui/button';
import { Skeleton } from '../../../ui/states';
import css from '../studio.module.css';
import { page } from './route';

const Storyboard = lazy(async () => ({ default: (await import('./storyboard')).Storyboard }));

export function Page() {
  const team = useTeam();
  const [{ shot }, change] = usePageSearch(page);
  const { data: offered } = useQuery(modelsQuery(team, 'video'));
  const models = useMemo(() => (offered ?? []).filter(({ available }) => available), [offered]);
  if (shot === undefined) return <Videos models={models} />;
  return (
    <div className={css.studio}>
      <Suspense fallback={<Coming />}>
        <Storyboard models={models} shot={shot} onShot={(next) => change({ shot: String(next) })} />
      </Suspense>
    </div>
  );
}

function Coming() {
  return (
    <div className={css.wait}>
      <Skeleton rows={6} height={56} />
    </div>
  );
}

function Videos({ models }: { readonly models: readonly Model[] }) {
  const text = useText<typeof words>('studio');
  const inBoard = useText<typeof boardWords>('storyboard');
  const team = useTeam();
  const [{ from }, change] = usePageSearch(page);
  const runs = useInfiniteQuery(tasksQuery(team, { type: 'video' }));
  const studio = useStudio({ page: 'video', models, requestOf: videoRequest });
  const { draft, support } = studio;
  const seconds = draft.durationS ?? support?.durations.usual ?? 0;

  // "Make a video" of an image: it comes as the first frame, once.
  const taken = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (from === undefined || taken.current === from) return;
    taken.current = from;
    studio.change({ references: [{ id: from, role: 'first_frame', source: { kind: 'asset', asset: from } }] });
    change({ from: undefined });
  }, [from, change, studio]);

  return (
    <div className={css.studio}>
      {support === null ? (
        <Coming />
      ) : (
        <Composer
          title={text('video.title')}
          draft={draft}
          onChange={studio.change}
          models={models}
          support={support}
          roles={VIDEO_ROLES}
          request={studio.priced}
          amount={text('video.amount', { count: draft.count, seconds })}
          isSending={studio.isSending}
          onGenerate={studio.generate}
          history={studio.history}
          settings={<VideoSettings draft={draft} support={support} onChange={studio.change} />}
        />
      )}
      <Canvas
        runs={runs}
        models={models}
        fault={studio.fault}
        empty={text('video.empty')}
        examples={[text('video.examples.0'), text('video.examples.1')]}
        onExample={(prompt) => studio.change({ prompt })}
        top={
          <ButtonLink icon="video" to={paths.storyboard(team)}>
            {inBoard('open')}
          </ButtonLink>
        }
        onReference={studio.addReference}
        onVariations={studio.variations}
        onUseAll={studio.useAll}
        onUsePrompt={studio.usePrompt}
        onOtherModel={studio.otherModel}
      />
    </div>
  );
}
