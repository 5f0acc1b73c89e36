import { useState, type SubmitEvent } from 'react';
import { useErrorText } from '../api/errors';
import { useLookUp } from '../api/lookup';
import { useMay, useMe, useTeam } from '../api/session';
import { useGo } from '../lib/go';
import { paths } from '../lib/paths';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Notice } from '../ui/states';
import { ROOMS, type Entry } from './nav';
import css from './palette.module.css';

/** Ids have a figure in them and are long; names of pages are neither. */
const isId = (value: string): boolean => value.length >= 8 && /\d/.test(value) && !/\s/.test(value);

/** Any page by its name and any run by an id: Enter takes the first. */
export function Palette({ entries, onClose }: { readonly entries: readonly Entry[]; readonly onClose: () => void }) {
  const text = useText<typeof words>('common');
  const errorText = useErrorText();
  const { permissions } = useMe();
  const mayLookUp = useMay('support.read');
  const team = useTeam();
  const go = useGo();
  const lookUp = useLookUp();
  const [typed, setTyped] = useState('');
  const wanted = typed.trim();
  const open = (to: string): void => {
    onClose();
    go(to);
  };
  const find = (): void => {
    if (!mayLookUp) {
      open(paths.task(team, wanted));
      return;
    }
    lookUp.mutate(wanted, {
      onSuccess: ([run]) => {
        if (run === undefined) return;
        const of = run.team ?? team;
        if (run.task_id !== null) open(paths.task(of, run.task_id));
        else if (run.campaign_id !== null) open(paths.campaign(of, run.campaign_id));
      },
    });
  };
  const rooms = ROOMS.filter(({ needs }) => permissions.includes(needs)).map(({ name, icon, to }) => ({ name, icon, to: to() }));
  const found = [...entries, ...rooms, { name: 'me', icon: 'person' as const, to: paths.me() }]
    .map((entry) => ({ ...entry, label: text(`nav.${entry.name}` as 'nav.image') }))
    .filter(({ label, name }) => `${label} ${name}`.toLowerCase().includes(wanted.toLowerCase()));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const [first] = found;
    if (first !== undefined) open(first.to);
    else if (isId(wanted)) find();
  };
  return (
    <Dialog title={text('palette.title')} isOpen onClose={onClose}>
      <form onSubmit={submit}>
        <Field label={text('palette.field')}>
          {(ids) => <Input {...ids} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
      </form>
      <ul className={css.found}>
        {found.map(({ to, icon, label }) => (
          <li key={to}>
            <Button kind="quiet" icon={icon} onClick={() => open(to)}>
              {label}
            </Button>
          </li>
        ))}
        {isId(wanted) ? (
          <li>
            <Button kind="quiet" icon="search" disabled={lookUp.isPending} onClick={find}>
              {text('palette.lookUp', { id: wanted })}
            </Button>
          </li>
        ) : null}
      </ul>
      {found.length === 0 && !isId(wanted) ? <p>{text('palette.nothing')}</p> : null}
      {lookUp.data?.length === 0 ? <Notice tone="warn">{text('palette.lost')}</Notice> : null}
      {lookUp.error === null ? null : <Notice tone="danger">{errorText(lookUp.error)}</Notice>}
    </Dialog>
  );
}
