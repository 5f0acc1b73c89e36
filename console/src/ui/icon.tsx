import { lazy, Suspense, type ComponentType } from 'react';
import { icons, type IconName } from './icons';

interface Props {
  readonly name: IconName;
  readonly size?: number;
  readonly className?: string | undefined;
}

type Drawing = ComponentType<{ size: number; strokeWidth: number; 'aria-hidden': 'true'; className: string | undefined }>;
const drawings: Readonly<Partial<Record<IconName, Drawing>>> = icons;

const Later = lazy(async () => {
  const { laterIcons } = await import('./later-icons');
  const all: Readonly<Partial<Record<IconName, Drawing>>> = laterIcons;
  return { default: ({ name, size = 18, className }: Props) => draw(all[name], size, className) };
});

/** Decoration: its meaning is always said in words beside it. @param size - pixels */
export function Icon({ name, size = 18, className }: Props) {
  if (drawings[name] !== undefined) return draw(drawings[name], size, className);
  // Room for it, so that nothing moves when it comes.
  return (
    <Suspense fallback={<svg width={size} height={size} aria-hidden="true" className={className} />}>
      <Later name={name} size={size} className={className} />
    </Suspense>
  );
}

function draw(Known: Drawing | undefined, size: number, className: string | undefined) {
  return Known === undefined ? null : <Known size={size} strokeWidth={1.75} aria-hidden="true" className={className} />;
}
