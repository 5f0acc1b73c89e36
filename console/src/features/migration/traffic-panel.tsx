import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useSetTraffic, type ImportTraffic } from '../../api/imports';
import { useTeams } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/migration.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Field, FieldGroup } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Segmented } from '../../ui/segmented';
import { Notice } from '../../ui/states';
import css from './migration.module.css';
import { TeamShares } from './team-shares';
import { draftOf, isSame, shareOf, toSend, type TrafficDraft } from './traffic-draft';
import { WayBack } from './way-back';

interface TrafficPanelProps {
  readonly traffic: ImportTraffic;
  readonly mayManage: boolean;
}

/** Which share of the old keys is served here: for all, for teams of their own, and the way back. Nothing moves before it is applied. */
export function TrafficPanel({ traffic, mayManage }: TrafficPanelProps) {
  const text = useText<typeof words>('migration');
  const errorText = useErrorText();
  const teams = useTeams();
  const set = useSetTraffic();
  const [draft, setDraft] = useState<TrafficDraft>(() => draftOf(traffic));
  const put = (change: Partial<TrafficDraft>): void => setDraft({ ...draft, ...change });
  const { kept, here, old } = traffic.old_keys;
  const isOff = traffic.state === 'off';
  const apply = (): void =>
    set.mutate(
      { id: traffic.import_id, ...toSend(draft) },
      {
        onSuccess: (now) => {
          setDraft(draftOf(now));
          note(text('trafficSet', { percent: now.percent }));
        },
      },
    );
  return (
    <Panel title={text('traffic')}>
      <p>{isOff ? text('trafficOff') : text('trafficNow', { here, old, kept })}</p>
      {kept === 0 ? <Notice tone="warn">{text('noOldKeys')}</Notice> : null}
      {mayManage ? (
        <>
          <Field label={text('share')} aside={text('percent', { percent: draft.percent })} hint={text('shareHint')}>
            {(ids) => (
              <input
                {...ids}
                className={css.slider}
                type="range"
                min={0}
                max={100}
                step={1}
                value={draft.percent}
                onChange={(event) => put({ percent: shareOf(event.target.value) })}
              />
            )}
          </Field>
          {traffic.base_url === null ? (
            <Field label={text('oldAddress')} hint={text('oldAddressHint')}>
              {(ids) => <Input {...ids} inputMode="url" value={draft.address} onChange={(event) => put({ address: event.target.value })} />}
            </Field>
          ) : null}
          <FieldGroup label={text('splitBy')}>
            {(labelId) => (
              <Segmented
                labelId={labelId}
                value={draft.splitBy}
                onChange={(value) => put({ splitBy: value === 'member' ? 'member' : 'key' })}
                segments={(['key', 'member'] as const).map((value) => ({ value, label: text(`splits.${value}`) }))}
              />
            )}
          </FieldGroup>
          <p className={css.faint}>{text(`splitAbout.${draft.splitBy}`)}</p>
          <TeamShares shares={draft.teams} teams={teams} onChange={(next) => put({ teams: next })} />
          {draft.keys.length === 0 ? null : (
            <p className={css.faint}>
              {text('keyShares', { names: draft.keys.map(({ team, name }) => `${team}/${name}`).join(text('comma')) })}
            </p>
          )}
          {set.error === null ? null : <Notice tone="danger">{errorText(set.error)}</Notice>}
          <div className={css.verbs} aria-busy={set.isPending}>
            <Button kind="primary" disabled={set.isPending || isSame(draft, traffic)} onClick={apply}>
              {text('apply')}
            </Button>
          </div>
          {isOff ? null : <WayBack traffic={traffic} onDone={(now) => setDraft(draftOf(now))} />}
        </>
      ) : null}
    </Panel>
  );
}
