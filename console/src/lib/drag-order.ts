import { useId, useState, type DragEvent } from 'react';

/** What makes an entry of a list one that can be dragged to another place. */
export interface DragProps {
  readonly draggable: boolean;
  readonly 'data-dragged': true | undefined;
  /** It would come before or after this one. */
  readonly 'data-over': 'before' | 'after' | undefined;
  readonly onDragStart: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
  readonly onDragEnd: () => void;
}

/**
 * Lets entries of one list be dragged into another order. Whatever is dragged can also be done with buttons: this is for the pointer alone.
 * @param onMove - told the entry's place, and the place it shall have
 */
export function useDragOrder(onMove: (from: number, to: number) => void): (index: number) => DragProps {
  // A name of its own for each list, so that what is dragged from elsewhere is not taken for an entry.
  const type = `application/x-atelier-order-${useId().replace(/\W/g, '')}`.toLowerCase();
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const end = (): void => {
    setDragged(null);
    setOver(null);
  };
  return (index) => ({
    draggable: true,
    'data-dragged': dragged === index || undefined,
    'data-over': dragged === null || over !== index || dragged === index ? undefined : dragged < index ? 'after' : 'before',
    onDragStart: (event) => {
      event.stopPropagation();
      event.dataTransfer.setData(type, String(index));
      event.dataTransfer.effectAllowed = 'move';
      setDragged(index);
    },
    onDragOver: (event) => {
      if (!event.dataTransfer.types.includes(type)) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(index);
    },
    onDrop: (event) => {
      if (!event.dataTransfer.types.includes(type)) return;
      event.preventDefault();
      event.stopPropagation();
      const from = Number(event.dataTransfer.getData(type));
      end();
      if (from !== index) onMove(from, index);
    },
    onDragEnd: end,
  });
}

/** The list with one entry at another place. */
export function movedTo<Entry>(list: readonly Entry[], from: number, to: number): readonly Entry[] {
  const entry = list[from];
  if (entry === undefined || to < 0 || to >= list.length) return list;
  const next = list.filter((_, index) => index !== from);
  next.splice(to, 0, entry);
  return next;
}
