import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { Campaign, CampaignItem, ItemStatus } from '../../api/campaigns';
import { useTeam } from '../../api/session';
import { names } from '../../lib/names';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/campaigns.json';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/link';
import { FadingImage } from '../../ui/media';
import { Ring } from '../../ui/ring';
import { imageOf } from './item-look';
import { useItems } from './use-items';
import css from './wall.module.css';

const TILE = 72;
const GAP = 8;

/** Every item as a small image, in the order of the file. Only what is seen exists, and only that is asked for. */
export function Wall({ campaign, status }: { readonly campaign: Campaign; readonly status: ItemStatus | null }) {
  const text = useText<typeof words>('campaigns');
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const columns = Math.max(1, Math.floor((width + GAP) / (TILE + GAP)));
  const size = width === 0 ? TILE : (width - GAP * (columns - 1)) / columns;
  const count = status === null ? campaign.counts.total : campaign.counts[status];
  const rows = Math.ceil(count / columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => size + GAP,
    overscan: 3,
  });
  useEffect(() => virtual.measure(), [virtual, size]);
  const seen = virtual.getVirtualItems();
  const range = { from: (seen[0]?.index ?? 0) * columns, to: Math.max(0, ((seen.at(-1)?.index ?? 0) + 1) * columns - 1) };
  const items = useItems(campaign, status, range);
  return (
    <div ref={scroller} className={css.wall} role="group" aria-label={text('board.wall')} tabIndex={0}>
      <ul className={css.length} style={{ height: virtual.getTotalSize() }}>
        {seen.flatMap(({ index: row, start }) =>
          Array.from({ length: Math.min(columns, count - row * columns) }, (_, column) => {
            const at = row * columns + column;
            return (
              <li
                key={at}
                className={css.place}
                aria-setsize={count}
                aria-posinset={at + 1}
                style={{ width: size, height: size, transform: `translate(${column * (size + GAP)}px, ${start}px)` }}
              >
                <Tile item={items.at(at)} />
              </li>
            );
          }),
        )}
      </ul>
    </div>
  );
}

function Tile({ item }: { readonly item: CampaignItem | undefined }) {
  const text = useText<typeof words>('campaigns');
  const shared = useText<typeof common>('common');
  const team = useTeam();
  if (item === undefined) return <span className={names(css.tile, css.unread)} />;
  const name = text('board.item', { key: item.key, status: shared(`status.${item.status}`) });
  const image = imageOf(team, item);
  const look =
    image !== null ? (
      <FadingImage src={image} alt="" className={css.image} />
    ) : item.status === 'running' ? (
      <Ring progress={null} size={18} />
    ) : item.status === 'failed' ? (
      <Icon name="failed" size={18} />
    ) : item.status === 'cancelled' ? (
      <Icon name="cancelled" size={16} />
    ) : item.status === 'succeeded' ? (
      <Icon name="check" size={18} />
    ) : null;
  const className = names(css.tile, css[item.status]);
  return item.task_id === null ? (
    <span className={className} role="img" aria-label={name} title={name}>
      {look}
    </span>
  ) : (
    <Link to={paths.task(team, item.task_id)} className={className} label={name}>
      {look}
    </Link>
  );
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const node = element.current;
    if (node === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
