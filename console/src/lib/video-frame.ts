const WITHIN_MS = 30_000;
/** Before the end: at the end itself there is no frame any more. */
const LAST_S = 0.02;

/**
 * A frame of a video as a PNG, in the video's own size.
 * @param url - of this origin: pixels of another's may not be read
 * @param at - seconds from the start
 */
export async function frameOf(url: string, at: number | 'last'): Promise<Blob> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  video.src = url;
  try {
    await once(video, 'loadeddata');
    const seconds = at === 'last' ? Math.max(0, video.duration - LAST_S) : at;
    const sought = once(video, 'seeked');
    video.currentTime = seconds;
    await sought;
    return await drawn(video);
  } finally {
    // What was loaded is let go.
    video.removeAttribute('src');
    video.load();
  }
}

/** The frame that a player shows now, as a PNG. */
export function drawn(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The frame could not be read.')) : resolve(blob)), 'image/png');
  });
}

function once(video: HTMLVideoElement, name: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The video took too long to load.')), WITHIN_MS);
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    video.addEventListener(name, end(resolve), { once: true });
    video.addEventListener(
      'error',
      end(() => reject(new Error('The video could not be read.'))),
      { once: true },
    );
  });
}
