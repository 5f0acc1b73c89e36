/**
 * What is too large for `localStorage`: drafts with whole spreadsheets. Kept by name until it is dropped; wiped at sign-out with the rest
 * that is personal.
 */
const DATABASE = 'atelier';
const STORE = 'kept';

/** Open once it was asked for: a page that is being left has no time to open it. */
let opened: IDBDatabase | null = null;

function open(): Promise<IDBDatabase> {
  if (opened !== null) return Promise.resolve(opened);
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      const database = request.result;
      const close = (): void => {
        database.close();
        if (opened === database) opened = null;
      };
      // Somebody who signs out in another tab wipes it, and would wait for this one.
      database.onversionchange = close;
      database.onclose = close;
      opened ??= database;
      resolve(database);
    };
    request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing.'));
  });
}

async function inStore<Result>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const request = act(database.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing.'));
  });
}

const put = (store: IDBObjectStore, name: string, value: unknown): IDBRequest<unknown> =>
  (value === undefined ? store.delete(name) : store.put(value, name)) as IDBRequest<unknown>;

/** What was kept under a name; undefined: nothing, or nothing can be kept here. */
export async function readKept(name: string): Promise<unknown> {
  try {
    return await inStore('readonly', (store) => store.get(name) as IDBRequest<unknown>);
  } catch {
    return undefined;
  }
}

/** Keeps a value, or drops it when it is undefined. Where nothing can be kept, it holds until the page is left. */
export async function writeKept(name: string, value: unknown): Promise<void> {
  try {
    await inStore('readwrite', (store) => put(store, name, value));
  } catch {
    // Storage that is full or switched off.
  }
}

/** The same from a page that is about to end: what was read or written before is handed to the browser at once. */
export function writeKeptNow(name: string, value: unknown): void {
  try {
    if (opened === null) return void writeKept(name, value);
    const transaction = opened.transaction(STORE, 'readwrite');
    put(transaction.objectStore(STORE), name, value);
    transaction.commit();
  } catch {
    // Storage that is full or switched off.
  }
}

export function wipeKept(): void {
  try {
    opened?.close();
    opened = null;
    indexedDB.deleteDatabase(DATABASE);
  } catch {
    // Nothing is kept where nothing can be.
  }
}
