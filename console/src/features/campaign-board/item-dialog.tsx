import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isEditable, itemQuery, useEditItem, type ItemRequest } from '../../api/campaign-items';
import type { Campaign } from '../../api/campaigns';
import { ApiError, useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { note } from '../../ui/announce';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input, TextArea } from '../../ui/input';
import { Notice, Skeleton } from '../../ui/states';
import { Switch } from '../../ui/switch';
import { changeOf, wordsOf } from './item-change';

interface ItemDialogProps {
  readonly campaign: Campaign;
  /** Place in the campaign, from 1. */
  readonly index: number;
  readonly onClose: () => void;
}

/** What an item asks for, to be put right before it is made, or made again. */
export function ItemDialog({ campaign, index, onClose }: ItemDialogProps) {
  const text = useText<typeof words>('campaigns');
  const errorText = useErrorText();
  const team = useTeam();
  const { data: item, error } = useQuery(itemQuery(team, campaign.id, index));
  return (
    <Dialog title={text('edit.title', { key: item?.key ?? String(index) })} isOpen isWide onClose={onClose}>
      {item !== undefined ? (
        <ItemForm key={item.key} campaign={campaign} item={item} onClose={onClose} />
      ) : error === null ? (
        <Skeleton rows={3} height={44} />
      ) : (
        <Notice tone="danger">{errorText(error)}</Notice>
      )}
    </Dialog>
  );
}

interface ItemFormProps {
  readonly campaign: Campaign;
  readonly item: ItemRequest;
  readonly onClose: () => void;
}

function ItemForm({ campaign, item, onClose }: ItemFormProps) {
  const text = useText<typeof words>('campaigns');
  const errorText = useErrorText();
  const team = useTeam();
  const edit = useEditItem(team, campaign.id);
  const [written, setWritten] = useState(() => wordsOf(item));
  const hasEnded = item.status !== 'queued';
  const [isRetried, setIsRetried] = useState(campaign.status !== 'paused');
  const change = changeOf(item, written);
  const param = edit.error instanceof ApiError ? edit.error.param : null;
  const faultOf = (path: string): string | null => (edit.error !== null && param === path ? errorText(edit.error) : null);
  const names = Object.keys(written.output);
  const known = ['input.prompt', 'input.negative_prompt', ...names.map((name) => `output.${name}`)];
  if (!isEditable(campaign, item)) return <Notice tone="warn">{text('edit.closed')}</Notice>;
  const save = (): void => {
    if (change === null) return;
    const again = hasEnded && isRetried;
    edit.mutate(
      { index: item.index, key: item.key, change, isRetried: again },
      {
        onSuccess: () => {
          note(text(again ? 'edit.runsAgain' : 'edit.saved', { key: item.key }));
          onClose();
        },
      },
    );
  };
  return (
    <Form
      verb={text(hasEnded && isRetried ? 'edit.saveAndRun' : 'edit.save')}
      isBusy={edit.isPending}
      isHeld={change === null || written.prompt === ''}
      fault={edit.error !== null && (param === null || !known.includes(param)) ? errorText(edit.error) : null}
      onSubmit={save}
      onCancel={onClose}
    >
      {written.prompt === null ? (
        <Notice tone="warn">{text('edit.noPrompt')}</Notice>
      ) : (
        <Field label={text('edit.prompt')} fault={faultOf('input.prompt')} aside={item.model}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={5}
              value={written.prompt ?? ''}
              onChange={(event) => setWritten({ ...written, prompt: event.target.value })}
            />
          )}
        </Field>
      )}
      {written.negative === '' && wordsOf(item).negative === '' ? null : (
        <Field label={text('edit.negative')} fault={faultOf('input.negative_prompt')}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={2}
              value={written.negative}
              onChange={(event) => setWritten({ ...written, negative: event.target.value })}
            />
          )}
        </Field>
      )}
      {names.length === 0 ? null : (
        <FieldRow>
          {names.map((name) => (
            <Field key={name} label={name} fault={faultOf(`output.${name}`)}>
              {(ids) => (
                <Input
                  {...ids}
                  value={written.output[name] ?? ''}
                  onChange={(event) => setWritten({ ...written, output: { ...written.output, [name]: event.target.value } })}
                />
              )}
            </Field>
          ))}
        </FieldRow>
      )}
      {hasEnded ? <Switch label={text('edit.again')} isOn={isRetried} onChange={setIsRetried} /> : null}
    </Form>
  );
}
