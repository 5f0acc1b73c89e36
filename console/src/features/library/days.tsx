import { useMemo } from 'react';
import type { Asset } from '../../api/assets';
import { useFormat } from '../../lib/format';
import { AssetTile } from './asset-tile';
import css from './library.module.css';

interface DaysProps {
  readonly assets: readonly Asset[];
  readonly picked: ReadonlySet<string>;
  readonly onPick: (id: string) => void;
  readonly onFavourite: (asset: Asset) => void;
}

/** Files by the day on which they came, the newest first. A browser draws only the days in sight. */
export function Days({ assets, picked, onPick, onFavourite }: DaysProps) {
  const format = useFormat();
  const days = useMemo(() => {
    const found = new Map<string, Asset[]>();
    for (const asset of assets) {
      const day = format.day(asset.created_at);
      found.set(day, [...(found.get(day) ?? []), asset]);
    }
    return [...found];
  }, [assets, format]);
  return days.map(([day, own]) => (
    <section key={day} className={css.day} aria-label={day}>
      <h2>{day}</h2>
      <ul className={css.row}>
        {own.map((asset) => (
          <AssetTile
            key={asset.id}
            asset={asset}
            isPicked={picked.has(asset.id)}
            onPick={() => onPick(asset.id)}
            onFavourite={() => onFavourite(asset)}
          />
        ))}
      </ul>
    </section>
  ));
}
