import * as schemas from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as notifications from '$lib/server/notifications';

const asked = (url: URL) => notifications.shownBy(url.searchParams.get('show'));

export const load = (event) =>
  show(event, async (ctx) => {
    const before = event.url.searchParams.get('before') || null;
    return notifications.open(ctx, asked(event.url), { before });
  });

/** The page that the form was on. */
const back = ({ url }: { url: URL }) => {
  const query = new URLSearchParams([...url.searchParams].filter(([name]) => !name.startsWith('/')));
  return query.size ? `${url.pathname}?${query}` : url.pathname;
};

/** The portal home uses these too. */
export const actions = {
  mark: form(schemas.oneNotification, async (ctx, { id }, event) => {
    await notifications.markRead(ctx, [id]);
    return back(event);
  }),
  markAll: form(schemas.shownNotifications, async (ctx, { upTo }, event) => {
    await notifications.markRead(ctx, 'all', asked(event.url) ?? 'me', upTo);
    return back(event);
  }),
  later: form(schemas.oneNotification, async (ctx, { id, on }, event) => {
    await notifications.setLater(ctx, id, on);
    return back(event);
  }),
};
