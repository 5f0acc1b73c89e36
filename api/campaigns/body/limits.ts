const MIB = 1024 * 1024;

/** What one upload of a campaign may hold. */
export const CAMPAIGN_LIMITS = {
  /** The whole body, in bytes. */
  maxTotalBytes: 256 * MIB,
  /** The campaign without its items, in bytes. */
  maxCampaignBytes: MIB,
  /** One item as text, in bytes: a few images as data. */
  maxItemBytes: 32 * MIB,
  /** The items as a field of a form, which is in memory as a whole; a file is not. */
  maxFieldBytes: 80 * MIB,
  maxItems: 100_000,
} as const;
