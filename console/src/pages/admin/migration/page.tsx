import { useQuery } from '@tanstack/react-query';
import { importsQuery } from '../../../api/imports';
import { Loaded } from '../../../features/loaded/loaded';
import { Commands } from '../../../features/migration/commands';
import { MoveFacts } from '../../../features/migration/move-facts';
import css from '../../../features/migration/migration.module.css';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/migration.json';
import { PageHeader } from '../../../ui/page-header';
import { Select } from '../../../ui/select';
import { State } from '../../../ui/states';
import { Notices } from './notices';
import { OneMove } from './one-move';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('migration');
  const [search, change] = usePageSearch(page);
  const imports = useQuery(importsQuery);
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} about={text('about')}>
        <a href="/guides/moving-in">{text('guide')}</a>
      </PageHeader>
      <Loaded query={imports} rows={2} height={160}>
        {(moves) => {
          const shown = moves.find(({ id }) => id === search.move) ?? moves[0];
          return (
            <>
              {moves.length < 2 || shown === undefined ? null : (
                <div className={css.chosen}>
                  <Select
                    label={text('move')}
                    value={shown.id ?? ''}
                    onChange={(move) => change({ move }, 'push')}
                    choices={moves.map(({ id, product, location }) => ({
                      value: id ?? '',
                      label: text(`products.${product}`),
                      about: location,
                    }))}
                  />
                </div>
              )}
              {shown === undefined ? (
                <State icon="bringIn" title={text('none')} />
              ) : (
                <>
                  <MoveFacts move={shown} />
                  {shown.id === null ? null : <OneMove key={shown.id} id={shown.id} />}
                </>
              )}
              <Commands hasMove={shown !== undefined} />
              {shown === undefined || shown.id === null ? null : <Notices key={shown.id} id={shown.id} />}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
