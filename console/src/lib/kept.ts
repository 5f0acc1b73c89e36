/**
 * What is too large for `localStorage`: drafts with whole spreadsheets. Kept by name until it is dropped; wiped at sign-out with the rest
 * that is personal.
 */
const DATABASE = 'atelier';
const STORE = 'kept';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing.'));
  });
}

async function inStore<Result>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing.'));
    });
  } finally {
    database.close();
  }
}

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
    if (value === undefined) await inStore('readwrite', (store) => store.delete(name));
    else await inStore('readwrite', (store) => store.put(value, name));
  } catch {
    // Storage that is full or switched off.
  }
}

export function wipeKept(): void {
  try {
    indexedDB.deleteDatabase(DATABASE);
  } catch {
    // Nothing is kept where nothing can be.
  }
}
