const MIB = 1024 * 1024;

/** What one multipart request may hold; sizes in bytes. */
export interface FormLimits {
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
  readonly maxFiles: number;
  readonly maxFields: number;
  readonly maxFieldBytes: number;
}

/** Sixteen images and a mask, 50 MB each, and no request above 256 MiB. */
export const IMAGE_FORM: FormLimits = {
  maxFileBytes: 50 * MIB,
  maxTotalBytes: 256 * MIB,
  maxFiles: 17,
  maxFields: 100,
  maxFieldBytes: MIB,
};

/** One file, as large as OpenAI takes it. */
export const AUDIO_FORM: FormLimits = {
  maxFileBytes: 25 * MIB,
  maxTotalBytes: 27 * MIB,
  maxFiles: 1,
  maxFields: 100,
  maxFieldBytes: MIB,
};

/** Most bytes of a JSON body that may hold images as `data:` URLs; larger ones are to be uploaded as multipart. */
export const MAX_JSON_BYTES = 32 * MIB;

/** A size for people: "50 MiB". */
export function describeBytes(bytes: number): string {
  return bytes >= MIB ? `${String(Math.floor(bytes / MIB))} MiB` : `${String(bytes)} bytes`;
}
