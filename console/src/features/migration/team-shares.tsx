import { useText } from '../../lib/text';
import type words from '../../text/en/migration.json';
import { Button, IconButton } from '../../ui/button';
import { FieldGroup } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import css from './migration.module.css';
import { shareOf, type TeamShare } from './traffic-draft';

interface TeamSharesProps {
  readonly shares: readonly TeamShare[];
  readonly teams: readonly string[];
  readonly onChange: (shares: readonly TeamShare[]) => void;
}

/** Teams that go before or after the others. */
export function TeamShares({ shares, teams, onChange }: TeamSharesProps) {
  const text = useText<typeof words>('migration');
  const free = teams.filter((team) => !shares.some((share) => share.team === team));
  const put = (index: number, change: Partial<TeamShare>): void =>
    onChange(shares.map((share, at) => (at === index ? { ...share, ...change } : share)));
  return (
    <FieldGroup label={text('teamShares')}>
      {(labelId) => (
        <div role="group" aria-labelledby={labelId} className={css.shares}>
          {shares.map((share, index) => (
            <div key={share.team} className={css.share}>
              <Select
                label={text('teamOf', { place: index + 1 })}
                value={share.team}
                onChange={(team) => put(index, { team })}
                choices={[share.team, ...free].map((value) => ({ value, label: value }))}
              />
              <Input
                aria-label={text('shareOf', { name: share.team })}
                inputMode="numeric"
                value={String(share.percent)}
                onChange={(event) => put(index, { percent: shareOf(event.target.value) })}
              />
              <IconButton
                name={text('removeShare', { name: share.team })}
                icon="close"
                onClick={() => onChange(shares.filter((_, at) => at !== index))}
              />
            </div>
          ))}
          {free[0] === undefined ? null : (
            <div>
              <Button size="dense" icon="add" onClick={() => onChange([...shares, { team: free[0] ?? '', percent: 100 }])}>
                {text('addShare')}
              </Button>
            </div>
          )}
        </div>
      )}
    </FieldGroup>
  );
}
