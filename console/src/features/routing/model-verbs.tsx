import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useChangeModel, useRemoveModel, type DefinedModel } from '../../api/routing';
import { useText } from '../../lib/text';
import type words from '../../text/en/model-form.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Switch } from '../../ui/switch';
import css from './routing.module.css';

interface ModelVerbsProps {
  readonly model: DefinedModel;
  readonly onEdit: () => void;
  readonly onRemoved: () => void;
}

/** What may be done with a model that the API manages: switched, changed, removed. */
export function ModelVerbs({ model, onEdit, onRemoved }: ModelVerbsProps) {
  const text = useText<typeof words>('model-form');
  const errorText = useErrorText();
  const change = useChangeModel();
  const remove = useRemoveModel();
  const [isLeaving, setLeaving] = useState(false);
  const turn = (enabled: boolean): void =>
    change.mutate(
      { name: model.name, change: { enabled } },
      {
        onSuccess: () => note(text(enabled ? 'turnedOn' : 'turnedOff', { name: model.name })),
        onError: (error) => note(errorText(error)),
      },
    );
  // By the promise: once the model is gone, so is this component, and with it what `mutate` would call.
  const confirm = (): void =>
    void remove.mutateAsync(model.name).then(
      () => {
        setLeaving(false);
        onRemoved();
      },
      () => undefined,
    );
  return (
    <span className={css.verbs}>
      <Switch label={text('isOn')} isOn={model.enabled !== false} onChange={turn} />
      <Button icon="draft" onClick={onEdit}>
        {text('edit')}
      </Button>
      <Button kind="quiet" onClick={() => setLeaving(true)}>
        {text('remove')}
      </Button>
      {isLeaving ? (
        <Confirm
          title={text('removeOne', { name: model.name })}
          about={text('removeAbout')}
          verb={text('remove')}
          isBusy={remove.isPending}
          fault={remove.error === null ? null : errorText(remove.error)}
          onConfirm={confirm}
          onClose={() => setLeaving(false)}
        />
      ) : null}
    </span>
  );
}
