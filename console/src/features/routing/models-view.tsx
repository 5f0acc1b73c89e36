import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useChangeModel, type DefinedModel, type Provider } from '../../api/routing';
import { useMay } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/states';
import { Ladder } from './ladder';
import { draftOf, isSame, type RouteDraft } from './order';
import css from './routing.module.css';
import { Simulator } from './simulator';

/** One model: its routes as a draft, what it would do, and the bar that makes it live. Nothing is live before. */
export function ModelRoutes({ model, providers }: { readonly model: DefinedModel; readonly providers: readonly Provider[] }) {
  const text = useText<typeof words>('routing');
  const errorText = useErrorText();
  const change = useChangeModel();
  const mayManage = useMay('provider.manage');
  const live = draftOf(model);
  const [draft, setDraft] = useState<RouteDraft | null>(null);
  const shown = draft ?? live;
  const isChanged = draft !== null && !isSame(draft, live);
  const isOfFile = model.managed_by === 'file';
  const discard = (): void => {
    setDraft(null);
    change.reset();
  };
  const apply = (): void =>
    change.mutate(
      { name: model.name, change: { routes: [...shown.routes], strategy: shown.strategy } },
      {
        onSuccess: () => {
          setDraft(null);
          note(text('applied', { model: model.name }));
        },
      },
    );
  return (
    <div className={css.split}>
      <div className={css.column}>
        {isOfFile ? <Notice tone="accent">{text('ofFileAbout')}</Notice> : null}
        <Ladder model={model} providers={providers} draft={shown} mayChange={mayManage && !isOfFile} onChange={setDraft} />
        {change.error === null ? null : <Notice tone="danger">{errorText(change.error)}</Notice>}
        {isChanged ? (
          <div className={css.bar} role="region" aria-label={text('notApplied')}>
            <strong>{text('notApplied')}</strong>
            <span className={css.faint}>
              {text('order', {
                order: shown.routes.map(({ provider }) => provider).join(' → '),
                strategy: text(`strategies.${shown.strategy}`),
              })}
            </span>
            <Button kind="quiet" onClick={discard}>
              {text('discard')}
            </Button>
            <Button kind="primary" disabled={change.isPending} onClick={apply}>
              {text('apply')}
            </Button>
          </div>
        ) : null}
      </div>
      <Simulator model={model} draft={isChanged ? shown : null} />
    </div>
  );
}
