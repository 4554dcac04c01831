/** In the browser: uploads one file as a raw body with progress; holds forms that wait for uploads. */
import { tick } from 'svelte';
import type { RemainingMetadata } from '../files';
import type { MessageKey } from '../messages';

/** The server's sentence, or a key of ours. */
export class NotSent extends Error {
  constructor(
    readonly key: MessageKey,
    readonly sentence?: string,
    /** Of the answer; 0 without one. */
    readonly status = 0,
  ) {
    super(sentence ?? key);
  }
}

export interface Made {
  id: string;
  metadata?: RemainingMetadata | null;
}

export interface Sending<Answer = Made> {
  /** Rejects with `NotSent`. */
  done: Promise<Answer>;
  abort(): void;
}

/** XMLHttpRequest, because `fetch` reports no upload progress. */
export function send<Answer = Made>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body: Blob | null,
  progress: (percent: number) => void = () => {},
): Sending<Answer> {
  const request = new XMLHttpRequest();
  const done = new Promise<Answer>((arrived, failed) => {
    request.open(method, url);
    request.responseType = 'text';
    // The server checks the bytes anyway.
    const type = body?.type === 'application/json' ? body.type : 'application/octet-stream';
    request.setRequestHeader('content-type', type);
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = ({ loaded, total }) => progress(Math.floor((loaded / (total || 1)) * 100));
    request.onerror = request.ontimeout = () => failed(new NotSent('file.broken-off'));
    request.onabort = () => failed(new NotSent('file.refused'));
    request.onload = () => {
      const said = json(request.responseText);
      if (request.status === 204 || (/^20[01]$/.test(`${request.status}`) && said))
        arrived((said ?? {}) as Answer);
      // The session has ended, and this is the login page.
      else if (request.responseURL.includes('/login')) failed(new NotSent('file.logged-out'));
      else failed(new NotSent('file.refused', said?.message, request.status));
    };
    request.send(body);
  });
  return { done, abort: () => request.abort() };
}

function json(text: string): { id?: string; message?: string } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface Waiting {
  holds(): boolean;
  /** True if all uploads succeeded. */
  wait(): Promise<boolean>;
}

export function holdForm(within: HTMLElement, { holds, wait }: Waiting): () => void {
  const form = within.closest('form');
  let held = false;
  const onSubmit = async (event: SubmitEvent) => {
    if (!holds()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held) return;
    held = true;
    const arrived = await wait();
    held = false;
    await tick();
    const by = event.submitter;
    if (arrived && form?.isConnected) form.requestSubmit(by?.isConnected ? by : null);
  };
  // Before other listeners, such as Kit's `enhance`.
  form?.addEventListener('submit', onSubmit, { capture: true });
  return () => form?.removeEventListener('submit', onSubmit, { capture: true });
}
