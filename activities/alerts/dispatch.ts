import type { NoticeRunner, NoticeStore } from '../../domain/alert/notice';

export interface NoticeDispatchDeps {
  readonly notices: Pick<NoticeStore, 'takeDue'>;
  readonly noticeRunner: NoticeRunner;
}

const BATCH = 100;

/** Starts the workflows of notices that are due and have none. Several at once share the work. */
export async function dispatchNotices({ notices, noticeRunner }: NoticeDispatchDeps): Promise<void> {
  for (;;) {
    const due = await notices.takeDue(BATCH);
    for (const id of due) await noticeRunner.deliverNotice(id);
    if (due.length < BATCH) return;
  }
}
