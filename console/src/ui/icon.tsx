import { icons, type IconName } from './icons';

/** Decoration: its meaning is always said in words beside it. @param size - pixels */
export function Icon({
  name,
  size = 18,
  className,
}: {
  readonly name: IconName;
  readonly size?: number;
  readonly className?: string | undefined;
}) {
  const Drawing = icons[name];
  return <Drawing size={size} strokeWidth={1.75} aria-hidden="true" className={className} />;
}
