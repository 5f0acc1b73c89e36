import css from './chart.module.css';

/** Colours with a pattern each, so that no chart tells things apart by colour alone: solid, hatched, dotted, plain. */
export const LOOKS = 4;

/** Fills of the series of a chart. @param id - of the chart on the page */
export function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-0`} width="4" height="4" patternUnits="userSpaceOnUse">
        <rect width="4" height="4" className={css.fill1} />
      </pattern>
      <pattern id={`${id}-1`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className={css.sheet} />
        <rect width="3.5" height="6" className={css.fill2} />
      </pattern>
      <pattern id={`${id}-2`} width="5" height="5" patternUnits="userSpaceOnUse">
        <rect width="5" height="5" className={css.sheet} />
        <rect width="5" height="5" className={css.wash3} />
        <circle cx="2.5" cy="2.5" r="1.4" className={css.fill3} />
      </pattern>
      <pattern id={`${id}-3`} width="4" height="4" patternUnits="userSpaceOnUse">
        <rect width="4" height="4" className={css.fill4} />
      </pattern>
    </defs>
  );
}

export const fillOf = (id: string, look: number): string => `url(#${id}-${look % LOOKS})`;
