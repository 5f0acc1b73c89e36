/** Most file systems allow a name so many bytes, not characters. */
const MAX_NAME_BYTES = 255;
/** Names that Windows keeps for devices, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/tiff': 'tiff',
  'image/bmp': 'bmp',
  'image/svg+xml': 'svg',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/x-m4v': 'm4v',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/aac': 'aac',
  'audio/pcm': 'pcm',
  'audio/flac': 'flac',
  'audio/x-flac': 'flac',
  'application/json': 'json',
  'text/plain': 'txt',
};

/** The ending of a file's name by its content type, without a dot; `bin` for what is not known. */
export function extensionOf(contentType: string): string {
  return EXTENSIONS[contentType] ?? 'bin';
}

/**
 * A name that every file system accepts: letters, marks, digits, `.`, `_` and `-` stay; all else becomes `_`; no name that is hidden,
 * climbs, or means a device; at most 255 bytes with its suffix, never cut inside a character. Different stems can give one name: put
 * what keeps them apart (a position) at the beginning of the stem or into the suffix.
 * @param suffix - kept whole, such as `-2.png`
 * @example fileName('0007-猫/犬', '.png') // 0007-猫_犬.png
 */
export function fileName(stem: string, suffix: string): string {
  const plain = stem.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_');
  const safe = plain === '' || plain.startsWith('.') || DEVICE.test(plain + suffix) ? `_${plain}` : plain;
  return cutToBytes(safe, MAX_NAME_BYTES - bytesOf(suffix)) + suffix;
}

/**
 * Gives names that nobody was given before; some file systems tell no capitals from small letters.
 * @returns asks for a name until one is free: `nameOf(1)`, `nameOf(2)` …
 */
export function createUniqueNames(): (nameOf: (again: number) => string) => string {
  const used = new Set<string>();
  return (nameOf) => {
    for (let again = 1; ; again += 1) {
      const name = nameOf(again);
      const plain = name.toLowerCase();
      if (used.has(plain)) continue;
      used.add(plain);
      return name;
    }
  };
}

function cutToBytes(text: string, room: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > room) break;
    kept += character;
  }
  return kept;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
