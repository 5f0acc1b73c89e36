import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { IconButton } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { randomSeed } from './draft';
import css from './seed-field.module.css';

const HIGHEST = 4_294_967_295;

interface SeedFieldProps {
  readonly seed: number | null;
  readonly isLocked: boolean;
  readonly isOffered: boolean;
  readonly onChange: (change: { readonly seed?: number | null; readonly isSeedLocked?: boolean }) => void;
}

/** A number that gives the same image again; empty: another one each time. A locked seed stays for the next run. */
export function SeedField({ seed, isLocked, isOffered, onChange }: SeedFieldProps) {
  const text = useText<typeof words>('studio');
  return (
    <Field label={text('seed')} hint={isOffered ? undefined : text('refused.seed')}>
      {(ids) => (
        <div className={css.seed}>
          <Input
            {...ids}
            inputMode="numeric"
            placeholder={text('random')}
            value={seed ?? ''}
            disabled={!isOffered}
            onChange={(event) => {
              const digits = event.target.value.replace(/\D/g, '');
              onChange(
                digits === '' ? { seed: null, isSeedLocked: false } : { seed: Math.min(HIGHEST, Number(digits)), isSeedLocked: true },
              );
            }}
          />
          <span className={css.verbs}>
            <IconButton
              name={isLocked ? text('unlockSeed') : text('lockSeed')}
              icon={isLocked ? 'lock' : 'unlock'}
              size="dense"
              aria-pressed={isLocked}
              disabled={!isOffered}
              onClick={() => onChange(isLocked ? { isSeedLocked: false, seed: null } : { isSeedLocked: true, seed: seed ?? randomSeed() })}
            />
            <IconButton
              name={text('newSeed')}
              icon="dice"
              size="dense"
              disabled={!isOffered}
              onClick={() => onChange({ seed: randomSeed(), isSeedLocked: true })}
            />
          </span>
        </div>
      )}
    </Field>
  );
}
