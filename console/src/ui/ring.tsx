import css from './ring.module.css';

/** A ring filled to the progress, the only thing here that turns. @param progress - 0 to 1; null: under way, nobody knows how far */
export function Ring({ progress, size = 16 }: { readonly progress: number | null; readonly size?: number }) {
  const share = progress === null ? 0.25 : Math.max(0.05, progress);
  return (
    <svg
      className={progress === null || progress < 0.05 ? css.turning : undefined}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <circle className={css.track} cx="8" cy="8" r="6" />
      <circle className={css.filled} cx="8" cy="8" r="6" pathLength="1" strokeDasharray={`${share} 1`} />
    </svg>
  );
}
