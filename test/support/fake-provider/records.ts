/** One request as the fake saw it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly idempotencyKey: string | null;
  readonly authorization: string | null;
  /** Parsed JSON, or the text fields of a multipart body (a repeated field is an array). */
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly {
    readonly field: string;
    readonly filename: string;
    readonly contentType: string;
    readonly sizeBytes: number;
  }[];
}

/** What the fake counted since its start or the last `reset`. */
export interface Counts {
  /** All requests by `METHOD /path` (video ids replaced by `{id}`). */
  readonly calls: ReadonlyMap<string, number>;
  /** Creating calls that arrived whole, by model. */
  readonly callsByModel: ReadonlyMap<string, number>;
  /** Work that was begun and would be charged, also when its answer was lost: by Idempotency-Key, by prompt, and in all. */
  readonly createsByKey: ReadonlyMap<string, number>;
  readonly createsByPrompt: ReadonlyMap<string, number>;
  readonly creates: number;
  /** The most creating calls that were being answered at once, by model; a video's job counts only while its creation is answered. */
  readonly mostAtOnce: ReadonlyMap<string, number>;
  /** Creating calls whose connection was closed, by whichever side, before the answer was whole; by model. */
  readonly unfinished: ReadonlyMap<string, number>;
}

export interface Records {
  readonly requests: readonly RecordedRequest[];
  readonly counts: Counts;
  addRequest(request: RecordedRequest): void;
  addCreate(request: RecordedRequest): void;
  addUnfinished(request: RecordedRequest): void;
  /** A creating call begins to be answered; answers what to do at its end. */
  begin(request: RecordedRequest): () => void;
  clear(): void;
}

export function createRecords(): Records {
  const requests: RecordedRequest[] = [];
  const calls = new Map<string, number>();
  const callsByModel = new Map<string, number>();
  const createsByKey = new Map<string, number>();
  const createsByPrompt = new Map<string, number>();
  const unfinished = new Map<string, number>();
  const answering = new Map<string, number>();
  const mostAtOnce = new Map<string, number>();
  let creates = 0;
  return {
    requests,
    get counts() {
      return { calls, callsByModel, createsByKey, createsByPrompt, creates, mostAtOnce, unfinished };
    },
    addRequest(request) {
      requests.push(request);
      increase(calls, `${request.method} ${request.path.replace(/\/videos\/[^/]+/, '/videos/{id}')}`);
      if (request.method === 'POST' && request.model !== null) increase(callsByModel, request.model);
    },
    addCreate(request) {
      creates += 1;
      increase(createsByKey, request.idempotencyKey ?? '');
      increase(createsByPrompt, request.prompt ?? '');
    },
    addUnfinished(request) {
      increase(unfinished, request.model ?? '');
    },
    begin({ model: name }) {
      const model = name ?? '';
      increase(answering, model);
      mostAtOnce.set(model, Math.max(mostAtOnce.get(model) ?? 0, answering.get(model) ?? 0));
      let isOver = false;
      return () => {
        if (!isOver) answering.set(model, (answering.get(model) ?? 1) - 1);
        isOver = true;
      };
    },
    clear() {
      requests.length = 0;
      creates = 0;
      for (const map of [calls, callsByModel, createsByKey, createsByPrompt, unfinished, mostAtOnce]) map.clear();
    },
  };
}

function increase(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
