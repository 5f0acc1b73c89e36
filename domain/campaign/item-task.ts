const BY_ITEM = /^task_[0-9a-f]{12}8[0-9a-f]{3}8[0-9a-f]{15}$/;

/** One try of an item. */
export interface ItemTry {
  readonly campaignId: string;
  readonly index: number;
  /** Before this one. */
  readonly tries: number;
}

/**
 * The id of a task that is one try of an item: a UUID of version 8, whose digits behind the time come from the item. So whoever makes the same try
 * again, from a backup that knows nothing of the first, asks the provider by the same operation key. Items of one instant sort by index.
 * @param digest - SHA-256 in hex
 */
export function itemTaskId(at: Date, { campaignId, index, tries }: ItemTry, digest: (text: string) => string): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  const place = (index % 4_096).toString(16).padStart(3, '0');
  return `task_${time}8${place}8${digest(`${campaignId}:${String(index)}:${String(tries)}`).slice(0, 15)}`;
}

/** What a call of a task is known by at its provider: always the same for the same purchase. */
export function operationKeyOf(task: { readonly id: string; readonly campaignId: string | null }, n: number): string {
  const name = task.campaignId !== null && BY_ITEM.test(task.id) ? `item_${task.id.slice(-19)}${task.campaignId.slice(-12)}` : task.id;
  return `${name}:${String(n)}`;
}
