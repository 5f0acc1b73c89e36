/** A number of bytes for people: `12.3 MiB`, `4.56 GiB`. */
export function mib(bytes: number): string {
  return bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}
