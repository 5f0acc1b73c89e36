import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { modelsQuery } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { tasksQuery } from '../../../api/tasks';
import { idsOf } from '../../../features/compare/compared';
import { Composer } from '../../../features/composer/composer';
import { ImageSettings } from '../../../features/composer/image-settings';
import { imageRequest } from '../../../features/composer/request';
import { useStudio } from '../../../features/composer/use-studio';
import { Canvas } from '../../../features/results/canvas';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/studio.json';
import { Skeleton } from '../../../ui/states';
import css from '../studio.module.css';
import { page } from './route';

// What is opened from here comes when it is opened: the page itself is on the newcomer's way to a first image.
const Compare = lazy(async () => ({ default: (await import('./compare')).Compare }));
const Edit = lazy(async () => ({ default: (await import('./edit')).Edit }));

const ROLES = ['reference', 'subject', 'style'] as const;

export function Page() {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const { data: offered } = useQuery(modelsQuery(team, 'image'));
  const models = useMemo(() => (offered ?? []).filter(({ available }) => available), [offered]);
  const runs = useInfiniteQuery(tasksQuery(team, { type: 'image' }));
  const studio = useStudio({ page: 'image', models, requestOf: imageRequest });
  const { draft, support } = studio;
  const [{ from, edit, compare, mode }, change] = usePageSearch(page);

  // "Use as reference" of the library: it is added once.
  const taken = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (from === undefined || taken.current === from) return;
    taken.current = from;
    studio.addReference(from);
    change({ from: undefined });
  }, [from, change, studio]);

  const [picked, setPicked] = useState<readonly string[]>([]);
  const rows = runs.data?.pages.flatMap((part) => part.data) ?? [];

  if (compare !== undefined && idsOf(compare).length > 1) {
    return (
      <div className={css.studio}>
        <Suspense fallback={<Coming />}>
          <Compare
            compare={compare}
            mode={mode}
            onChange={change}
            rows={rows}
            models={models}
            onUseAll={studio.useAll}
            onOtherModel={studio.otherModel}
          />
        </Suspense>
      </div>
    );
  }
  if (edit !== undefined) {
    return (
      <div className={css.studio}>
        <Suspense fallback={<Coming />}>
          <Edit
            asset={edit}
            models={models}
            onClose={() => change({ edit: undefined })}
            onSend={(request) => {
              studio.send(request);
              change({ edit: undefined });
            }}
          />
        </Suspense>
      </div>
    );
  }
  return (
    <div className={css.studio}>
      {support === null ? (
        <div className={css.wait}>
          <Skeleton rows={6} height={56} />
        </div>
      ) : (
        <Composer
          title={text('image.title')}
          draft={draft}
          onChange={studio.change}
          models={models}
          support={support}
          roles={ROLES}
          request={studio.priced}
          amount={text('image.amount', { count: draft.count })}
          isSending={studio.isSending}
          onGenerate={studio.generate}
          history={studio.history}
          settings={<ImageSettings draft={draft} support={support} onChange={studio.change} />}
        />
      )}
      <Canvas
        runs={runs}
        models={models}
        fault={studio.fault}
        empty={text('image.empty')}
        examples={[text('image.examples.0'), text('image.examples.1'), text('image.examples.2')]}
        onExample={(prompt) => studio.change({ prompt })}
        onReference={studio.addReference}
        onEdit={(asset) => change({ edit: asset }, 'push')}
        comparison={{
          picked,
          onPick: (id) => setPicked((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id].slice(-4))),
          onOpen: (ids) => {
            setPicked([]);
            change({ compare: ids.join(',') }, 'push');
          },
        }}
        onVariations={studio.variations}
        onUseAll={studio.useAll}
        onUsePrompt={studio.usePrompt}
        onOtherModel={studio.otherModel}
      />
    </div>
  );
}

function Coming() {
  return (
    <div className={css.whole}>
      <Skeleton rows={2} height={280} />
    </div>
  );
}
