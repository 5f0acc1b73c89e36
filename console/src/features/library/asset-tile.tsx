import type { Asset } from '../../api/assets';
import { useTeam } from '../../api/session';
import { contentUrl, thumbnailUrl } from '../../lib/media-url';
import { names } from '../../lib/names';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/library.json';
import { IconButton } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Link } from '../../ui/link';
import { FadingImage } from '../../ui/media';
import css from './library.module.css';

/** How far a tile may be from a square, so that no panorama takes a row alone. */
const [NARROWEST, WIDEST] = [0.6, 2.2];

/** What a file is called: its name, else the beginning of its id. */
export const nameOf = ({ name, id }: Asset): string => (name === null || name === '' ? id.slice(0, 14) : name);

interface AssetTileProps {
  readonly asset: Asset;
  readonly isPicked: boolean;
  readonly onPick: () => void;
  readonly onFavourite: () => void;
}

/** A file in its ratio, with what can be done at once. */
export function AssetTile({ asset, isPicked, onPick, onFavourite }: AssetTileProps) {
  const text = useText<typeof words>('library');
  const team = useTeam();
  const { id, kind, width, height, thumbnail_url: thumbnail, favourite } = asset;
  const ratio = width === null || height === null ? 1 : Math.min(WIDEST, Math.max(NARROWEST, width / height));
  const name = nameOf(asset);
  const src = thumbnail !== null ? `${thumbnailUrl(team, id)}&w=640` : kind === 'image' ? contentUrl(team, id) : null;
  return (
    <li
      className={names(css.tile, isPicked && css.picked)}
      style={{ flexGrow: ratio, flexBasis: `calc(var(--tile) * ${ratio})`, aspectRatio: ratio }}
    >
      <Link to={paths.asset(team, id)} label={name} className={css.link}>
        {src === null ? (
          <Icon name={kind === 'video' ? 'video' : 'document'} size={28} />
        ) : (
          <FadingImage src={src} alt="" className={css.image} />
        )}
        {kind === 'video' ? (
          <span className={css.kind}>
            <Icon name="play" size={14} />
          </span>
        ) : null}
      </Link>
      <label className={css.check}>
        <input type="checkbox" checked={isPicked} onChange={onPick} aria-label={text('pick', { name })} />
      </label>
      <span className={names(css.heart, favourite && css.isFavourite)}>
        <IconButton
          name={text(favourite ? 'notFavourite' : 'makeFavourite', { name })}
          icon="favourite"
          size="dense"
          aria-pressed={favourite}
          onClick={onFavourite}
        />
      </span>
    </li>
  );
}
