import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { assetQuery, type Asset } from '../../../api/assets';
import { ApiError, useErrorText } from '../../../api/errors';
import type { Model } from '../../../api/models';
import { useMe, useTeam } from '../../../api/session';
import type { TaskRequest } from '../../../api/tasks';
import { EditBar } from '../../../features/composer/edit-bar';
import { supportOf } from '../../../features/composer/support';
import { EditView, NO_ACTS, type Acts } from '../../../features/mask/edit-view';
import { personalName, readStored, writeStored } from '../../../lib/preferences';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/edit.json';
import { Button } from '../../../ui/button';
import { Fault, Skeleton, State } from '../../../ui/states';
import css from '../studio.module.css';

interface EditProps {
  readonly asset: string;
  readonly models: readonly Model[];
  readonly onSend: (request: TaskRequest) => void;
  readonly onClose: () => void;
}

/** An image is edited: words for all of it, or for what is painted over. */
export function Edit({ asset: id, models, onSend, onClose }: EditProps) {
  const text = useText<typeof words>('edit');
  const errorText = useErrorText();
  const { data: asset, error, refetch } = useQuery(assetQuery(useTeam(), id));
  const able = models.filter((model) => supportOf(model).mostReferences > 0);
  if (error !== null) {
    return (
      <div className={css.whole}>
        <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={() => void refetch()} />
        <Button onClick={onClose}>{text('back')}</Button>
      </div>
    );
  }
  if (asset === undefined || models.length === 0) {
    return (
      <div className={css.whole}>
        <Skeleton rows={2} height={280} />
      </div>
    );
  }
  const { width, height } = asset;
  const first = able[0];
  if (asset.kind !== 'image' || width === null || height === null || first === undefined) {
    return (
      <div className={css.whole}>
        <State icon="noImage" title={first === undefined ? text('noModel') : text('noImage')}>
          <Button onClick={onClose}>{text('back')}</Button>
        </State>
      </div>
    );
  }
  return <Desk key={id} asset={{ ...asset, width, height }} able={able} first={first} onSend={onSend} onClose={onClose} />;
}

/** Longer ones are not kept: the browser has no room for them. */
const MOST_LETTERS = 500_000;

interface Kept {
  readonly asset: string;
  readonly prompt: string;
  readonly model: string | null;
  readonly acts: Acts;
}

function Desk({
  asset,
  able,
  first,
  onSend,
  onClose,
}: {
  readonly asset: Asset & { readonly width: number; readonly height: number };
  readonly able: readonly Model[];
  readonly first: Model;
  readonly onSend: (request: TaskRequest) => void;
  readonly onClose: () => void;
}) {
  const text = useText<typeof words>('edit');
  const { user } = useMe();
  const name = personalName(user.id, useTeam(), 'edit');
  const [{ prompt, model: chosen, acts }, setKept] = useState(() => readEdit(name, asset.id));
  const model = able.find(({ id }) => id === chosen) ?? able.find((one) => supportOf(one).mask) ?? first;
  const other = able.find((one) => supportOf(one).mask);
  const refused = supportOf(model).mask
    ? null
    : [text('refused', { model: model.display_name }), ...(other === undefined ? [] : [text('other', { model: other.display_name })])].join(
        ' ',
      );
  const change = (next: Partial<Kept>): void => setKept((before) => ({ ...before, ...next }));
  // What is painted survives a reload.
  useEffect(() => {
    const kept = JSON.stringify({ asset: asset.id, prompt, model: chosen, acts } satisfies Kept);
    writeStored(name, kept.length > MOST_LETTERS ? null : kept);
  }, [name, asset.id, prompt, chosen, acts]);
  return (
    <EditView asset={asset} alt={text('alt')} acts={acts} onActs={(next) => change({ acts: next })} refused={refused} onClose={onClose}>
      {(mask) => (
        <EditBar
          models={able}
          model={model}
          onModel={(next) => change({ model: next })}
          prompt={prompt}
          onPrompt={(next) => change({ prompt: next })}
          asset={asset.id}
          mask={mask}
          onSend={onSend}
        />
      )}
    </EditView>
  );
}

function readEdit(name: string, asset: string): Kept {
  const none: Kept = { asset, prompt: '', model: null, acts: NO_ACTS };
  try {
    const kept = { ...none, ...(JSON.parse(readStored(name) ?? '{}') as Partial<Kept>) };
    return kept.asset === asset ? kept : none;
  } catch {
    return none;
  }
}
