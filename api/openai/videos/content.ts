import type { Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { assertContentsKept } from '../../../domain/task/retention';
import type { TaskSummary } from '../../../domain/task/task';
import { filenameOf } from '../../assets/map';
import { sendObject } from '../../assets/send-object';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import { contentSchema } from './schema';

/** `GET /v1/videos/{id}/content`. @throws AppError `video_not_ready`, `unsupported_parameter` for a variant that is not made */
export async function sendVideo(
  context: Pick<ApiContext, 'objects'>,
  request: Request,
  response: Response,
  task: TaskSummary,
): Promise<void> {
  const { variant } = parseWith(contentSchema, request.query);
  assertContentsKept(task);
  const video = task.outputs[0];
  if (task.status !== 'succeeded' || video === undefined) {
    const advice =
      task.status === 'queued' || task.status === 'running' ? 'Poll it until its status is "completed".' : 'It has no content.';
    throw new AppError('video_not_ready', `The video is ${task.status}. ${advice}`);
  }
  if (variant === 'video') {
    await sendObject(context, request, response, { ...video, filename: filenameOf(video) });
    return;
  }
  if (variant === 'spritesheet' || video.thumbnailKey === null) {
    throw new AppError('unsupported_parameter', `There is no ${variant} of this video. Ask for the variant "video" or "thumbnail".`, {
      param: 'variant',
    });
  }
  await sendObject(context, request, response, {
    key: video.thumbnailKey,
    bytes: null,
    sha256: null,
    contentType: 'image/webp',
    filename: `${video.id}-thumbnail.webp`,
  });
}
