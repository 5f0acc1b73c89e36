import { useState } from 'react';
import { useArchive } from '../../../api/assets';
import { useErrorText } from '../../../api/errors';
import type { Model } from '../../../api/models';
import { useTeam } from '../../../api/session';
import type { Task } from '../../../api/tasks';
import { uploadAsset } from '../../../api/upload';
import { Composer } from '../../../features/composer/composer';
import { videoRequest } from '../../../features/composer/request';
import { supportOf } from '../../../features/composer/support';
import { VIDEO_ROLES, VideoSettings } from '../../../features/composer/video-settings';
import { Player } from '../../../features/storyboard/player';
import board from '../../../features/storyboard/storyboard.module.css';
import { Strip } from '../../../features/storyboard/strip';
import { saveBlob } from '../../../lib/download';
import { movedTo } from '../../../lib/drag-order';
import { useFormat } from '../../../lib/format';
import { contentUrl, thumbnailUrl } from '../../../lib/media-url';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/storyboard.json';
import { note } from '../../../ui/announce';
import { Button, ButtonLink } from '../../../ui/button';
import { Skeleton, State } from '../../../ui/states';
import { Switch } from '../../../ui/switch';
import css from '../studio.module.css';
import { beginningWith, MOST_SHOTS, newShot, shotAfter, wantedAgain, type Shot } from './board';
import { useBoard } from './use-board';
import { modelOf, useMaking } from './use-making';
import { canBeMade, sumOf, useCards, useShotPrices, useShotTasks } from './use-shots';

interface StoryboardProps {
  readonly models: readonly Model[];
  /** "2" */
  readonly shot: string;
  readonly onShot: (n: number) => void;
}

/** Several videos that belong together: their order, what each asks for, and going on from one to the next. */
export function Storyboard({ models, shot: asked, onShot }: StoryboardProps) {
  const text = useText<typeof words>('storyboard');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const kept = useBoard();
  const { shots } = kept.board;
  const tasks = useShotTasks(shots);
  const making = useMaking(kept, models, tasks);
  const prices = useShotPrices(shots, models);
  const cards = useCards({ shots, models, tasks, prices, faults: making.faults });
  const archive = useArchive(team);
  const [isBusy, setBusy] = useState(false);
  const number = Math.trunc(Number(asked));
  const index = Number.isNaN(number) ? 0 : Math.min(shots.length, Math.max(1, number)) - 1;
  const shot = shots[index];
  const model = shot === undefined ? undefined : modelOf(shot, models);
  if (shot === undefined || model === undefined) {
    return (
      <div className={css.wait}>
        <Skeleton rows={6} height={56} />
      </div>
    );
  }
  const support = supportOf(model);
  const draft = { ...shot.draft, model: model.id };
  const seconds = draft.durationS ?? support.durations.usual;
  const toMake = shots.filter((one) => canBeMade(one, tasks));
  const videos = shots.flatMap(({ task }) => (task === null ? [] : (tasks.get(task)?.outputs.slice(0, 1) ?? [])));
  const shown = shot.task === null ? undefined : tasks.get(shot.task);
  const output = shown?.outputs[0];

  const want = (wanted: readonly Shot[]): void => {
    const seen = new Map(wanted.map((one) => [one.id, one]));
    // What another tab has made of it since this page was drawn is not made again.
    const isAsSeen = (one: Shot): boolean => !one.isWanted && one.turn === seen.get(one.id)?.turn && one.task === seen.get(one.id)?.task;
    kept.change((now) => ({ shots: now.shots.map((one) => (isAsSeen(one) ? wantedAgain(one) : one)) }));
  };
  const move = (from: number, to: number): void => {
    kept.change((now) => ({ shots: movedTo(now.shots, from, to) }));
    if (from === index) onShot(to + 1);
  };
  const remove = (at: number): void => {
    kept.change((now) => ({ shots: now.shots.filter((_, place) => place !== at) }));
    if (at < index) onShot(index);
  };
  const insert = (at: number, one: Shot): void => {
    kept.change((now) => ({ shots: [...now.shots.slice(0, at), one, ...now.shots.slice(at)] }));
    onShot(at + 1);
  };
  const goOn = async (task: Task): Promise<void> => {
    setBusy(true);
    try {
      const frame = await making.lastFrameOf(task);
      const next = shots[index + 1];
      if (next !== undefined && next.task === null) {
        kept.changeShot(next.id, (now) => ({ ...beginningWith(now, frame), isContinued: true }));
        onShot(index + 2);
      } else insert(index + 1, { ...beginningWith(shotAfter(shot), frame), isContinued: true });
      note(text('continuing', { n: index + 2 }));
    } catch {
      note(text('noFrame'));
    } finally {
      setBusy(false);
    }
  };
  const saveFrame = (frame: Blob): void => {
    setBusy(true);
    uploadAsset(team, new File([frame], `shot-${index + 1}.png`, { type: 'image/png' }))
      .then(
        () => note(text('frameSaved')),
        (error: unknown) => note(errorText(error)),
      )
      .finally(() => setBusy(false));
  };
  const download = (): void =>
    archive.mutate(
      videos.map(({ id }) => id),
      { onSuccess: (blob) => saveBlob(blob, 'storyboard.zip'), onError: (error) => note(errorText(error)) },
    );
  const allPrice = sumOf(toMake.map(({ id }) => prices.get(id) ?? null));

  return (
    <>
      <Composer
        title={text('shot', { n: index + 1 })}
        draft={draft}
        onChange={(next) => kept.changeShot(shot.id, (now) => ({ ...now, draft: { ...now.draft, ...next } }))}
        models={models}
        support={support}
        roles={VIDEO_ROLES}
        request={videoRequest({ ...draft, count: 1 }, support, { withFiles: false })}
        amount={text('amount', { n: index + 1, seconds })}
        isSending={shot.isWanted && shot.sent !== null}
        onGenerate={() => want([shot])}
        history={[]}
        settings={
          <>
            {index === 0 ? null : (
              <Switch
                label={text('continued', { n: index })}
                isOn={shot.isContinued}
                onChange={(isContinued) => kept.changeShot(shot.id, (now) => ({ ...now, isContinued, isHeld: false }))}
              />
            )}
            <VideoSettings
              hasTakes={false}
              draft={draft}
              support={support}
              onChange={(next) => kept.changeShot(shot.id, (now) => ({ ...now, draft: { ...now.draft, ...next } }))}
            />
          </>
        }
      />
      <section className={board.board} aria-label={text('title')}>
        <div className={board.head}>
          <span className={board.sums}>
            {text('of', {
              count: shots.length,
              seconds: format.seconds0(cards.reduce((sum, card) => sum + card.seconds, 0)),
            })}
          </span>
          <Button kind="primary" disabled={toMake.length === 0} onClick={() => want(toMake)}>
            {text('makeAll')}
            {allPrice === null || toMake.length === 0 ? null : <span className="figures">· {format.money(allPrice)}</span>}
          </Button>
          <Button icon="download" disabled={videos.length === 0 || archive.isPending} onClick={download}>
            {text('downloadAll')}
          </Button>
          <ButtonLink icon="library" to={paths.video(team)}>
            {text('runs')}
          </ButtonLink>
        </div>
        {output === undefined || shown === undefined ? (
          <State icon="video" title={text('empty')} />
        ) : (
          <Player
            url={contentUrl(team, output.id)}
            poster={output.thumbnail_url === null ? undefined : thumbnailUrl(team, output.id)}
            name={text('video', { n: index + 1, prompt: draft.prompt.slice(0, 120) })}
            onFrame={saveFrame}
            onContinue={() => void goOn(shown)}
            isBusy={isBusy}
          />
        )}
        <Strip
          cards={cards}
          chosen={index}
          canAdd={shots.length < MOST_SHOTS}
          onChoose={(place) => onShot(place + 1)}
          onMove={move}
          onRemove={remove}
          onRetry={(place) => want(shots.slice(place, place + 1))}
          onAdd={() => insert(shots.length, shots.length === 0 ? newShot() : shotAfter(shots[shots.length - 1] ?? shot))}
        />
      </section>
    </>
  );
}
