import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import {
  useDeleteEndpoint,
  useRedeliverFailed,
  useRotateSecret,
  useTestEndpoint,
  useUpdateEndpoint,
  type Endpoint,
} from '../../api/webhooks';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/webhooks.json';
import { note } from '../../ui/announce';
import { Button, IconButton } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Menu, MenuItem, MenuLine } from '../../ui/menu';
import { EndpointDialog } from './endpoint-dialog';
import { SecretOnce } from './secret-once';

const DAY_MS = 86_400_000;

/** What can be done with an endpoint: try it, send again what failed, switch it off, change, rotate and delete it. */
export function EndpointVerbs({
  team,
  endpoint,
  onGone,
}: {
  readonly team: string;
  readonly endpoint: Endpoint;
  readonly onGone: () => void;
}) {
  const text = useText<typeof words>('webhooks');
  const shared = useText<typeof common>('common');
  const format = useFormat();
  const errorText = useErrorText();
  const test = useTestEndpoint(team);
  const update = useUpdateEndpoint(team);
  const rotate = useRotateSecret(team);
  const redeliver = useRedeliverFailed(team);
  const remove = useDeleteEndpoint(team);
  const [open, setOpen] = useState<'edit' | 'delete' | 'rotate' | null>(null);
  const onError = (error: Error): void => note(errorText(error));
  const { id } = endpoint;
  const tryIt = (): void =>
    test.mutate(
      { id, type: 'task.succeeded' },
      {
        onSuccess: ({ status_code: code, duration_ms: ms }) => note(text('testGood', { code, took: format.seconds(ms) })),
        // What the receiver did is in the server's words alone.
        onError: (error) => note(text('testFailed', { reason: error.message })),
      },
    );
  const sendFailed = (): void =>
    redeliver.mutate(
      { id, since: new Date(Date.now() - 3 * DAY_MS).toISOString() },
      { onSuccess: ({ redelivered }) => note(text('sentFailed', { count: redelivered })), onError },
    );
  if (rotate.data !== undefined && open === 'rotate') {
    return <SecretOnce name={endpoint.name} secret={rotate.data.signing_secret} onStored={() => setOpen(null)} />;
  }
  return (
    <>
      <Button kind="primary" icon="send" disabled={test.isPending} onClick={tryIt}>
        {text('test')}
      </Button>
      <Button icon="retry" disabled={redeliver.isPending} onClick={sendFailed}>
        {text('redeliverFailed')}
      </Button>
      <Menu button={<IconButton kind="outline" name={shared('verbs.actions', { name: endpoint.name })} icon="more" />}>
        <MenuItem icon="draft" onPick={() => setOpen('edit')}>
          {text('edit')}
        </MenuItem>
        <MenuItem
          icon={endpoint.enabled ? 'paused' : 'check'}
          onPick={() => update.mutate({ id, enabled: !endpoint.enabled }, { onError })}
        >
          {text(endpoint.enabled ? 'switchOff' : 'switchOn')}
        </MenuItem>
        <MenuItem icon="retry" onPick={() => setOpen('rotate')}>
          {text('rotate')}
        </MenuItem>
        <MenuLine />
        <MenuItem icon="cancelled" onPick={() => setOpen('delete')}>
          {text('delete')}
        </MenuItem>
      </Menu>
      {open === 'edit' ? <EndpointDialog team={team} edited={endpoint} onClose={() => setOpen(null)} /> : null}
      {open === 'rotate' ? (
        <Confirm
          title={text('rotateTitle')}
          about={text('rotateAbout')}
          verb={text('rotate')}
          isBusy={rotate.isPending}
          fault={rotate.error === null ? null : errorText(rotate.error)}
          onConfirm={() => rotate.mutate(id)}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open === 'delete' ? (
        <Confirm
          title={text('deleteTitle', { name: endpoint.name })}
          about={text('deleteAbout')}
          verb={text('delete')}
          typed={endpoint.name}
          isBusy={remove.isPending}
          fault={remove.error === null ? null : errorText(remove.error)}
          onConfirm={() => remove.mutate(id, { onSuccess: onGone })}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}
