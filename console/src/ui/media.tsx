import { useState, type CSSProperties } from 'react';
import { names } from '../lib/names';
import { Icon } from './icon';
import css from './media.module.css';

interface FadingImageProps {
  readonly src: string;
  readonly alt: string;
  /** Width by height, so that nothing moves when it arrives. */
  readonly ratio?: string | undefined;
  readonly className?: string | undefined;
}

/** An image in its own ratio, which fades in. One that can't be loaded says so by an icon. */
export function FadingImage({ src, alt, ratio, className }: FadingImageProps) {
  const [state, setState] = useState<'waiting' | 'shown' | 'gone'>('waiting');
  const style: CSSProperties = ratio === undefined ? {} : { aspectRatio: ratio };
  if (state === 'gone') {
    return (
      <span className={names(css.gone, className)} style={style} role="img" aria-label={alt}>
        <Icon name="noImage" size={22} />
      </span>
    );
  }
  return (
    <img
      className={names(css.image, state === 'shown' && css.shown, className)}
      style={style}
      src={src}
      alt={alt}
      loading="lazy"
      decoding="async"
      onLoad={() => setState('shown')}
      onError={() => setState('gone')}
    />
  );
}

/** A small square, cropped. @param src - null: there is nothing to show */
export function Thumb({
  src,
  alt,
  icon = 'image',
  size = 48,
}: {
  readonly src: string | null;
  readonly alt: string;
  readonly icon?: 'image' | 'video' | 'text' | 'noImage';
  readonly size?: number;
}) {
  return (
    <span className={css.thumb} style={{ width: size, height: size }}>
      {src === null ? <Icon name={icon} size={Math.min(20, size / 2)} /> : <FadingImage src={src} alt={alt} className={css.cropped} />}
    </span>
  );
}
