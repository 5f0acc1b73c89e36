/** What was done to a mask, in pixels of the image; the mask is drawn from these, so that each can be taken back. */
export type Act =
  | { readonly kind: 'stroke'; readonly erases: boolean; readonly width: number; /** x, y, x, y, … */ readonly points: readonly number[] }
  | {
      readonly kind: 'box';
      readonly erases: boolean;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'invert' }
  | { readonly kind: 'clear' };

export interface Acts {
  readonly done: readonly Act[];
  /** Taken back, the last one first. */
  readonly undone: readonly Act[];
}

export const NO_ACTS: Acts = { done: [], undone: [] };

export const act = ({ done }: Acts, next: Act): Acts => ({ done: [...done, next], undone: [] });

export function undo({ done, undone }: Acts): Acts {
  const last = done.at(-1);
  return last === undefined ? { done, undone } : { done: done.slice(0, -1), undone: [last, ...undone] };
}

export function redo({ done, undone }: Acts): Acts {
  const [next, ...rest] = undone;
  return next === undefined ? { done, undone } : { done: [...done, next], undone: rest };
}
