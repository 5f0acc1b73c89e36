/** Copies text. Browsers offer their clipboard on TLS and on this machine alone; elsewhere the old way is used. @throws when the browser refuses */
export async function copyText(text: string): Promise<void> {
  if ('clipboard' in navigator) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'unseen';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  // Deprecated, and the only way without TLS.
  const copied = (document as { execCommand?: (name: string) => boolean }).execCommand?.('copy') === true;
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!copied) throw new Error('The browser did not allow copying.');
}
