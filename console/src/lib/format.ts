import { useMemo } from 'react';
import { formatFor, type Format } from './format-for';
import { useLanguage } from './text';

export type { Format };

let zoneOfPerson: string | undefined;

/** The zone that the person chose; undefined: the browser's. */
export function setTimeZone(zone: string | null): void {
  zoneOfPerson = zone ?? undefined;
}

export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => formatFor(language, zoneOfPerson), [language]);
}
