import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../../../api/operations';
import { Loaded } from '../../../features/loaded/loaded';
import { NoticeForm } from '../../../features/operations/notice-form';
import css from '../../../features/operations/operations.module.css';
import { UpDown } from '../../../features/operations/up-down';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/operations.json';
import { PageHeader } from '../../../ui/page-header';
import { Panel } from '../../../ui/panel';

const PARTS = ['api', 'workers', 'storage'] as const;

export function Page() {
  const text = useText<typeof words>('operations');
  const status = useQuery(statusQuery);
  return (
    <div className={css.page}>
      <PageHeader title={text('status.title')} about={text('status.about')}>
        <a href="/status">{text('status.open')}</a>
      </PageHeader>
      <Loaded query={status} rows={2} height={160}>
        {(data) => (
          <div className={css.split}>
            <NoticeForm key={JSON.stringify(data.notice)} notice={data.notice} />
            <Panel title={text('status.shown')}>
              <ul className={css.list}>
                {(['overall', ...PARTS] as const).map((part) => (
                  <li key={part}>
                    <span>
                      <strong>{text(`status.parts.${part}`)}</strong>
                      <UpDown isUp={data[part] === 'operational'} word={text(`status.states.${data[part]}`)} />
                    </span>
                  </li>
                ))}
              </ul>
            </Panel>
          </div>
        )}
      </Loaded>
    </div>
  );
}
