import { useRef, useState } from 'react';
import { useHotkeys } from '../../lib/hotkeys';
import { useText } from '../../lib/text';
import { drawn } from '../../lib/video-frame';
import type words from '../../text/en/storyboard.json';
import { Button, IconButton } from '../../ui/button';
import css from './storyboard.module.css';

/** Videos do not say how many frames a second they have; of the usual 24 and 30 this skips none. */
const FRAME_S = 1 / 30;

interface PlayerProps {
  readonly url: string;
  readonly poster: string | undefined;
  readonly name: string;
  /** The frame that is shown, as a PNG. */
  readonly onFrame: (frame: Blob) => void;
  readonly onContinue: () => void;
  readonly isBusy: boolean;
}

/** One video, large, frame by frame if need be. */
export function Player({ url, poster, name, onFrame, onContinue, isBusy }: PlayerProps) {
  const text = useText<typeof words>('storyboard');
  const video = useRef<HTMLVideoElement>(null);
  const [isLooped, setLooped] = useState(false);
  const step = (frames: number): void => {
    const shown = video.current;
    if (shown === null) return;
    shown.pause();
    shown.currentTime = Math.max(0, Math.min(shown.duration, shown.currentTime + frames * FRAME_S));
  };
  const save = (): void => {
    if (video.current !== null) void drawn(video.current).then(onFrame, () => undefined);
  };
  useHotkeys([
    { keys: ',', label: 'frameBefore', run: () => step(-1) },
    { keys: '.', label: 'frameAfter', run: () => step(1) },
  ]);
  return (
    <div className={css.player}>
      <video ref={video} key={url} src={url} poster={poster} controls loop={isLooped} preload="auto" aria-label={name} />
      <div className={css.verbs}>
        <IconButton name={text('frameBefore')} hint="," icon="back" size="dense" onClick={() => step(-1)} />
        <IconButton name={text('frameAfter')} hint="." icon="forward" size="dense" onClick={() => step(1)} />
        <IconButton name={text('loop')} icon="sameSeed" size="dense" aria-pressed={isLooped} onClick={() => setLooped(!isLooped)} />
        <Button size="dense" icon="image" disabled={isBusy} onClick={save}>
          {text('saveFrame')}
        </Button>
        <Button size="dense" icon="fellBack" disabled={isBusy} onClick={onContinue}>
          {text('continue')}
        </Button>
      </div>
    </div>
  );
}
