import { Tour } from '../../features/first-run/tour';
import { useText } from '../../lib/text';
import type words from '../../text/en/tour.json';
import { PageHeader } from '../../ui/page-header';
import css from '../../features/first-run/tour.module.css';

export function Page() {
  const text = useText<typeof words>('tour');
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} about={text('about')} />
      <Tour />
    </div>
  );
}
