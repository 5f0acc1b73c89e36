export const MOST_COMPARED = 4;

/** Images to compare, out of "asset_a,asset_b": a link may have been cut or written by hand. */
export const idsOf = (compare: string): readonly string[] =>
  [...new Set(compare.split(','))].filter((id) => id.startsWith('asset_')).slice(0, MOST_COMPARED);
