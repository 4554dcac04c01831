/** In the browser: the queue of files being uploaded, a few at a time. */
import { comesInParts, fileLimits, fileSize } from '../files';
import type { I18n } from '../i18n';
import type { MessageKey } from '../messages';
import { sendInParts } from './parts';
import { NotSent, send, type Made, type Sending } from './uploads';

/** Why a file did not arrive: the server's sentence, or a key of ours, perhaps with a size in bytes. */
export type Why = { sentence: string } | { key: MessageKey; size?: number };

export interface Upload {
  readonly key: number;
  readonly name: string;
  readonly size: number;
  readonly preview?: string;
  /** Arrives in parts, so it can pause and go on. */
  readonly large?: boolean;
  state: 'waiting' | 'sending' | 'paused' | 'done' | 'failed';
  percent: number;
  /** Tries again after a while, or when the network is back. */
  stalled?: boolean;
  /** What the server knows a large file by. */
  id?: string;
  made?: Made;
  why?: Why;
  /** Whether retrying may help. */
  again: boolean;
}

interface Source extends Pick<Upload, 'name' | 'size' | 'preview' | 'why'> {
  /** Called when the upload starts; null if it cannot be made. */
  body: () => Blob | null | undefined | Promise<Blob | null | undefined>;
}

interface How {
  url: (name: string) => string;
  /** Where large files begin; without it, all go as they are. */
  parts?: () => string;
  together?: number;
  /** Runs before a file counts as uploaded. */
  after?: (made: Made, body: Blob) => Promise<void>;
  settled?: (upload: Upload) => void;
  /** For tests. */
  transport?: typeof send;
}

export const problemOf = (
  { size }: { size: number },
  limit: number = fileLimits.attachment,
): Why | undefined =>
  size === 0 ? { key: 'file.empty' } : size > limit ? { key: 'file.too-large', size: limit } : undefined;

export const whyInWords = (why: Why, { t, locale }: Pick<I18n, 't' | 'locale'>): string =>
  'sentence' in why ? why.sentence : t(why.key, { size: fileSize(why.size ?? 0, locale) });

type Came = Pick<Upload, 'name' | 'size'> & Pick<Made, 'id'>;

export class UploadQueue {
  items = $state<Upload[]>([]);
  #how: How;
  #bodies: Record<number, Source['body']> = {};
  #sendings: Record<number, Sending> = {};
  /** Pausing ends one; resuming begins another. */
  #turns: Record<number, object> = {};
  #waiting: (() => void)[] = [];
  #keys = 0;

  constructor(how: How) {
    this.#how = how;
  }

  get running(): boolean {
    return this.items.some(({ state }) => state === 'waiting' || state === 'sending');
  }

  get failed(): boolean {
    return this.items.some(({ state }) => state === 'failed');
  }

  get paused(): boolean {
    return this.items.some(({ state }) => state === 'paused');
  }

  /** With a `why`, it has already failed. */
  add({ body, why, ...file }: Source): Upload {
    const key = ++this.#keys;
    this.#bodies[key] = body;
    const large = this.#how.parts !== undefined && comesInParts(file.size);
    const state = why ? 'failed' : 'waiting';
    this.items.push({ key, ...file, large, state, percent: 0, why, again: false });
    this.#pump();
    return this.items.find((upload) => upload.key === key)!;
  }

  /** From a draft. @param still null if the server does not have it any more. @returns whether it has */
  async bringBack({ name, size, id }: Came, still: Promise<Made | null>): Promise<boolean> {
    const key = ++this.#keys;
    this.items.push({ key, name, size, state: 'sending', percent: 100, made: { id }, again: false });
    const upload = this.items.find((one) => one.key === key)!;
    // A form that is sent meanwhile waits.
    const made = await still;
    if (made) Object.assign(upload, { made, state: 'done', id: comesInParts(size) ? id : undefined });
    else this.#drop(upload);
    this.#pump();
    this.#release();
    return made !== null;
  }

  /** What has arrived stays at the server. */
  pause(upload: Upload): void {
    upload.state = 'paused';
    upload.stalled = false;
    delete this.#turns[upload.key];
    this.#sendings[upload.key]?.abort();
    this.#pump();
    this.#release();
  }

  /** Again, or on from where it paused. */
  retry(upload: Upload): void {
    upload.state = 'waiting';
    upload.why = undefined;
    this.#pump();
  }

  /** A large file gives back its room at once, if nothing else here is the same. */
  remove(upload: Upload): void {
    this.#drop(upload);
    const { id } = upload;
    if (!id || this.items.some((other) => other.id === id)) return;
    const { transport = send } = this.#how;
    transport('DELETE', `/files/${id}/parts`, null).done.catch(() => {});
  }

  /** The page is left: what has arrived of a large file waits for it. */
  clear(): void {
    for (const upload of this.items) this.#drop(upload);
  }

  #drop({ key, preview }: Upload): void {
    this.items = this.items.filter((other) => other.key !== key);
    this.#sendings[key]?.abort();
    delete this.#bodies[key];
    if (preview) URL.revokeObjectURL(preview);
    this.#release();
  }

  async whenDone(): Promise<void> {
    if (this.running) await new Promise<void>((done) => void this.#waiting.push(done));
  }

  #has = ({ key }: Upload) => this.items.some((upload) => upload.key === key);

  #release() {
    if (!this.running) for (const go of this.#waiting.splice(0)) go();
  }

  #pump() {
    for (const upload of this.items) {
      const sending = this.items.filter(({ state }) => state === 'sending').length;
      // More do not help on a mobile connection.
      if (sending >= (this.#how.together ?? 2)) return;
      if (upload.state === 'waiting') void this.#send(upload);
    }
  }

  async #send(upload: Upload): Promise<void> {
    const { url, parts, after, settled, transport = send } = this.#how;
    upload.state = 'sending';
    if (!upload.large) upload.percent = 0;
    const turn = (this.#turns[upload.key] = {});
    const paused = () => this.#turns[upload.key] !== turn;
    try {
      const body = await this.#bodies[upload.key]!();
      if (!this.#has(upload) || paused()) return;
      if (!body) throw new NotSent('file.refused');
      const progress = (percent: number) => void (paused() || (upload.percent = percent));
      const sending = (this.#sendings[upload.key] = upload.large
        ? sendInParts(parts!(), upload.name, body, {
            progress,
            begun: (id) => (upload.id = id),
            stalled: (stalled) => void (paused() || (upload.stalled = stalled)),
            transport,
          })
        : transport('POST', url(upload.name), body, progress));
      const made = await sending.done;
      if (paused()) return;
      await after?.(made, body);
      upload.made = made;
      upload.state = 'done';
    } catch (thrown) {
      if (paused()) return;
      upload.state = 'failed';
      upload.again = true;
      upload.stalled = false;
      const { key, sentence } = thrown instanceof NotSent ? thrown : new NotSent('file.refused');
      upload.why = sentence ? { sentence } : { key };
    }
    delete this.#sendings[upload.key];
    // Removed meanwhile.
    if (this.#has(upload)) settled?.(upload);
    this.#pump();
    this.#release();
  }
}
