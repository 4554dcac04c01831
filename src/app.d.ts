import type { Ctx, Env } from '$lib/server/context';
import type { MessageKey, Params } from '$lib/messages';

declare global {
  namespace App {
    interface Locals {
      ctx: Ctx;
      /** The route's group refuses this person: loads answer 404, posts 403. */
      refused: boolean;
      /** A post that waited for its login is shown again: nothing of it is done (pending-post.ts). */
      pendingPost?: boolean;
      /** The browser has sent no cookie of ours: it is here for the first time, or it keeps none. */
      cookieless: boolean;
    }
    interface PageData {
      /** Whether a dialog covers the page: everything behind it is inert. */
      covered?: boolean;
    }
    interface Platform {
      env: Env;
      ctx: ExecutionContext;
      cf?: IncomingRequestCfProperties;
    }
    interface Error {
      message: string;
      id?: string;
      key?: MessageKey;
      params?: Params;
    }
  }
}

export {};
