import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { assetQuery } from '../../api/assets';
import { useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { taskQuery, type Task } from '../../api/tasks';
import { useHotkeys } from '../../lib/hotkeys';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';
import { useText } from '../../lib/text';
import type words from '../../text/en/compare.json';
import { IconButton } from '../../ui/button';
import { Thumb } from '../../ui/media';
import { PageHeader } from '../../ui/page-header';
import { Segmented } from '../../ui/segmented';
import { Notice, Skeleton } from '../../ui/states';
import { Caption } from './caption';
import { MOST_COMPARED } from './compared';
import css from './compare.module.css';
import { DifferenceTable } from './difference-table';
import { differencesOf, LETTERS } from './differences';
import { MOST_ZOOM, Pair, viewOf, WHOLE, Window, type Mode } from './stage';

const MODES: readonly Mode[] = ['side', 'slide', 'overlay'];

interface CompareProps {
  /** Two to four images of the library. */
  readonly ids: readonly string[];
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
  readonly onIds: (ids: readonly string[]) => void;
  readonly onClose: () => void;
  /** What else may come in, the newest first. */
  readonly recent: readonly { readonly id: string; readonly name: string }[];
  readonly models: readonly { readonly id: string; readonly display_name: string; readonly price: string }[];
  readonly onUseAll: (task: Task) => void;
  readonly onOtherModel: (task: Task, model: string) => void;
}

/** Images side by side or one over the other, all showing the same part, with what their runs did not share. */
export function CompareView(props: CompareProps) {
  const { ids, mode, onMode, onIds, onClose, recent, models, onUseAll, onOtherModel } = props;
  const text = useText<typeof words>('compare');
  const errorText = useErrorText();
  const team = useTeam();
  const [view, setView] = useState(WHOLE);
  const [share, setShare] = useState(50);
  const assets = useQueries({ queries: ids.map((id) => assetQuery(team, id)) });
  const tasks = useQueries({
    queries: assets.map(({ data }) => ({ ...taskQuery(team, data?.task_id ?? ''), enabled: typeof data?.task_id === 'string' })),
  });
  const fault = assets.find(({ error }) => error !== null)?.error ?? null;
  const shown: Mode = ids.length === 2 ? mode : 'side';
  const modes = ids.length === 2 ? MODES : MODES.slice(0, 1);
  const zoom = (by: number): void => setView(viewOf({ ...view, zoom: view.zoom * by }));
  useHotkeys([
    { keys: 'm', label: 'compare.mode', run: () => onMode(modes[(modes.indexOf(shown) + 1) % modes.length] ?? 'side') },
    { keys: '1', label: 'compare.first', run: () => setShare(0) },
    { keys: '2', label: 'compare.second', run: () => setShare(100) },
  ]);
  const toggle = (id: string): void => {
    if (!ids.includes(id)) onIds([...ids.slice(0, MOST_COMPARED - 1), id]);
    else if (ids.length > 2) onIds(ids.filter((one) => one !== id));
  };
  const compared = assets.flatMap(({ data: asset }, index) => (asset === undefined ? [] : [{ asset, task: tasks[index]?.data ?? null }]));
  const differences = differencesOf(compared);
  const [first, second] = compared;
  const ratioOf = (index: number): number => {
    const asset = compared[index]?.asset;
    const [width, height] = [asset?.width ?? 0, asset?.height ?? 0];
    return width > 0 && height > 0 ? width / height : 1;
  };
  return (
    <section className={css.compare} aria-label={text('title', { count: ids.length })}>
      <PageHeader title={text('title', { count: ids.length })} before={<IconButton name={text('back')} icon="back" onClick={onClose} />}>
        {modes.length > 1 ? (
          <Segmented
            label={text('mode')}
            value={shown}
            onChange={(value) => onMode(value as Mode)}
            segments={modes.map((value) => ({ value, label: text(`modes.${value}`) }))}
          />
        ) : null}
        <span className={css.zoom} role="group" aria-label={text('zoom')}>
          <IconButton name={text('zoomOut')} icon="less" disabled={view.zoom === 1} onClick={() => zoom(2 / 3)} />
          <span className="figures">{Math.round(view.zoom * 100)}</span>
          <IconButton name={text('zoomIn')} icon="add" disabled={view.zoom >= MOST_ZOOM} onClick={() => zoom(1.5)} />
        </span>
      </PageHeader>
      {fault === null ? null : <Notice tone="danger">{errorText(fault)}</Notice>}
      {fault === null && compared.length < ids.length ? <Skeleton rows={1} height={320} /> : null}
      {first === undefined || second === undefined || compared.length < ids.length ? null : (
        <>
          {shown === 'side' ? (
            <div className={css.sides} style={{ '--columns': compared.length } as React.CSSProperties}>
              {compared.map((one, index) => (
                <div key={one.asset.id} className={css.one}>
                  <Window label={altOf(index)} ratio={ratioOf(index)} view={view} onView={setView}>
                    <img className={css.image} src={contentUrl(team, one.asset.id)} alt={altOf(index)} draggable={false} />
                    <span className={css.letter}>{LETTERS[index]}</span>
                  </Window>
                  {captionOf(index)}
                </div>
              ))}
            </div>
          ) : (
            <>
              <Pair
                mode={shown}
                below={{ id: first.asset.id, alt: altOf(0) }}
                above={{ id: second.asset.id, alt: altOf(1) }}
                ratio={ratioOf(0)}
                view={view}
                onView={setView}
                share={share}
                onShare={setShare}
              />
              <div className={css.captions}>
                {captionOf(0)}
                {captionOf(1)}
              </div>
            </>
          )}
          <DifferenceTable differences={differences} count={compared.length} />
        </>
      )}
      <div className={css.strip} role="group" aria-label={text('replace')}>
        {recent.map(({ id, name }) => (
          <button key={id} type="button" aria-pressed={ids.includes(id)} aria-label={name} title={name} onClick={() => toggle(id)}>
            <Thumb src={thumbnailUrl(team, id)} alt="" size={64} />
          </button>
        ))}
      </div>
    </section>
  );

  function altOf(index: number): string {
    return text('image', { letter: LETTERS[index] ?? '' });
  }

  function captionOf(index: number) {
    const one = compared[index];
    if (one === undefined) return null;
    return (
      <Caption
        compared={one}
        letter={LETTERS[index] ?? ''}
        differing={differences}
        models={models}
        onUseAll={onUseAll}
        onOtherModel={onOtherModel}
        onRemove={ids.length > 2 ? () => toggle(one.asset.id) : null}
      />
    );
  }
}
