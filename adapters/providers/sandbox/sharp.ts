import type Sharp from 'sharp';

/** The image library, loaded with the first image: most installations never draw one, and it takes 10 MB. */
export async function loadSharp(): Promise<typeof Sharp> {
  return (await import('sharp')).default;
}
