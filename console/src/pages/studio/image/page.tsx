import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { modelsQuery } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { tasksQuery } from '../../../api/tasks';
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

const ROLES = ['reference', 'subject', 'style'] as const;

export function Page() {
  const text = useText<typeof words>('studio');
  const team = useTeam();
  const { data: offered } = useQuery(modelsQuery(team, 'image'));
  const models = useMemo(() => (offered ?? []).filter(({ available }) => available), [offered]);
  const runs = useInfiniteQuery(tasksQuery(team, { type: 'image' }));
  const studio = useStudio({ page: 'image', models, requestOf: imageRequest });
  const { draft, support } = studio;
  const [{ from }, change] = usePageSearch(page);

  // "Use as reference" of the library: it is added once.
  const taken = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (from === undefined || taken.current === from) return;
    taken.current = from;
    studio.addReference(from);
    change({ from: undefined });
  }, [from, change, studio]);

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
        onEdit={studio.edit}
        onVariations={studio.variations}
        onUseAll={studio.useAll}
        onUsePrompt={studio.usePrompt}
        onOtherModel={studio.otherModel}
      />
    </div>
  );
}
