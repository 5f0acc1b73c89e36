import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { keysQuery, type Key, type KeyFilter } from '../../../api/keys';
import { useMay, useMayHere, useTeam } from '../../../api/session';
import { KeyDialog } from '../../../features/credentials/key-dialog';
import { KeyFilters } from '../../../features/credentials/key-filters';
import { KeysTable, type KeyVerb } from '../../../features/credentials/keys-table';
import { FreezeDialog, RevokeDialog, RotateDialog, UnfreezeDialog } from '../../../features/credentials/key-verbs';
import { LoadedRows } from '../../../features/loaded/loaded';
import { TeamPage } from '../../../features/team/team-header';
import { useGo } from '../../../lib/go';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/credentials.json';
import { Button } from '../../../ui/button';
import { State } from '../../../ui/states';
import { page, type CredentialsSearch } from './route';

export function Page() {
  const text = useText<typeof words>('credentials');
  const team = useTeam();
  const go = useGo();
  const [search, change] = usePageSearch(page);
  const filter = useMemo(() => filterOf(search), [search]);
  const keys = useInfiniteQuery(keysQuery(team, filter));
  const mayManage = useMayHere('key.manage');
  const mayFreeze = useMay('incident.manage');
  const mayReadLogs = useMay('log.read');
  const [open, setOpen] = useState<{ readonly verb: KeyVerb | 'new'; readonly row: Key | null } | null>(null);
  const close = (): void => setOpen(null);
  const onVerb = (verb: KeyVerb, row: Key): void => {
    if (verb === 'logs') go(paths.logs(team, `credential=${encodeURIComponent(row.name)}`));
    else setOpen({ verb, row });
  };
  const create = mayManage ? (
    <Button kind="primary" icon="add" onClick={() => setOpen({ verb: 'new', row: null })}>
      {text('new')}
    </Button>
  ) : null;
  const isFiltered = search.class !== undefined || search.state !== undefined;
  return (
    <TeamPage section="credentials" verbs={create}>
      <KeyFilters state={search.state ?? 'active'} keyClass={search.class ?? ''} onChange={change} />
      <LoadedRows
        query={keys}
        height={60}
        empty={
          isFiltered ? (
            <State icon="search" title={text('noMatch')}>
              <Button onClick={() => change({ state: undefined, class: undefined })}>{text('clear')}</Button>
            </State>
          ) : (
            <State icon="lock" title={text('empty')} />
          )
        }
      >
        {(rows) => <KeysTable rows={rows} mayManage={mayManage} mayFreeze={mayFreeze} mayReadLogs={mayReadLogs} onVerb={onVerb} />}
      </LoadedRows>
      {open?.verb === 'new' || open?.verb === 'edit' ? <KeyDialog team={team} edited={open.row} onClose={close} /> : null}
      {open?.verb === 'rotate' && open.row !== null ? <RotateDialog row={open.row} onClose={close} /> : null}
      {open?.verb === 'freeze' && open.row !== null ? <FreezeDialog row={open.row} onClose={close} /> : null}
      {open?.verb === 'unfreeze' && open.row !== null ? <UnfreezeDialog row={open.row} onClose={close} /> : null}
      {open?.verb === 'revoke' && open.row !== null ? <RevokeDialog row={open.row} onClose={close} /> : null}
    </TeamPage>
  );
}

const STATES: readonly string[] = ['active', 'expired', 'revoked'];
const CLASSES: readonly string[] = ['production', 'test', 'script', 'personal'];

/** What the API is asked for; what a link has wrong is left out. */
function filterOf({ state = 'active', class: keyClass }: CredentialsSearch): KeyFilter {
  return {
    ...(STATES.includes(state) ? { state: state as 'active' } : {}),
    ...(keyClass !== undefined && CLASSES.includes(keyClass) ? { class: keyClass as 'test' } : {}),
  };
}
