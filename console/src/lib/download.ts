/** Saves a file of this origin under a name, without leaving the page. */
export function saveFile(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** Saves a file that was made here. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  saveFile(url, name);
  // The download has begun by then; the file need not stay in memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves text that was made here. */
export const saveText = (text: string, name: string, type: string): void => saveBlob(new Blob([text], { type }), name);
