import type { Ctx, Env } from '$lib/server/context';
import type { MessageKey, Params } from '$lib/messages';
import type { Card } from '$lib/people';
import type { View } from '$lib/space-home';
import type { Pseudo } from '$lib/messages/pseudo';

declare global {
  namespace App {
    interface Locals {
      ctx: Ctx;
      /** The route group refuses this person: loads answer 404, posts 403. */
      refused: boolean;
      /** What the log says of this request: it asked for what cannot be reached or is not allowed, too often, or from another site. */
      refusal?: 'missing' | 'forbidden' | 'throttled' | 'elsewhere';
      /** A post kept over a login is shown again, and not carried out (pending-post.ts). */
      pendingPost?: boolean;
      /** Local sites only: English in disguise, which tests ask for by a cookie. */
      pseudo: Pseudo | null;
      /** The browser sent none of our cookies: a first visit, or cookies are off. */
      cookieless: boolean;
    }
    interface PageData {
      /** A dialog covers the page, which is then inert. */
      covered?: boolean;
      /** A space administrator sees the page as a guest does, read only. */
      view?: View;
      /** Open pages hear of changes through the rooms of their spaces. Otherwise they poll. */
      rooms?: boolean;
    }
    interface PageState {
      /** Somebody's card lies over the page. */
      card?: Card;
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
      /** The space that it was in, if the viewer is in it too. */
      space?: number;
    }
  }
}

export {};
