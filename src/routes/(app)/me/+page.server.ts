import * as v from 'valibot';
import { writeCounts } from '$lib/erased';
import {
  addressAgain,
  avatar,
  browserZone,
  bySpace,
  eraseAccount,
  muteSpace,
  newAddress,
  newPassword,
  notificationMail,
  onOff,
  oneSession,
  profile,
} from '$lib/schemas';
import { withQuery } from '$lib/pages';
import * as accounts from '$lib/server/accounts';
import { randomToken } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as memberships from '$lib/server/memberships';
import * as news from '$lib/server/news';
import * as presence from '$lib/server/presence';
import * as settings from '$lib/server/settings';
import * as zones from '$lib/zones';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const profile = await accounts.profile(ctx, {
      sessions: query.get('sessions'),
      spaces: query.get('spaces'),
      muted: query.get('muted'),
      ended: query.get('ended'),
    });
    const erasing = query.has('delete') ? await accounts.beforehand(ctx) : null;
    return {
      ...profile,
      erasing,
      presence: (await settings.read(ctx)).presence,
      covered:
        erasing !== null || (query.get('end') === 'all' && profile.sessions.some(({ current }) => !current)),
      formKey: randomToken(),
      // Sent along, because a browser's own list may differ and hydration would select another zone.
      zones: zones.all(),
    };
  });

export const actions = {
  profile: form(profile, async (ctx, input) => {
    await accounts.changeProfile(ctx, input);
    return '/me?done=profile';
  }),
  picture: form(avatar, async (ctx, { picture, small }) => {
    await accounts.setAvatar(ctx, picture, small);
    return '/me?done=picture';
  }),
  removePicture: form(v.object({}), async (ctx) => {
    await accounts.removeAvatar(ctx);
    return '/me?done=picture-removed';
  }),
  notifications: form(notificationMail, async (ctx, input) => {
    await accounts.setNotifications(ctx, input);
    return '/me?done=notifications#notification-mail';
  }),
  mute: form(muteSpace, async (ctx, { id, on }) => {
    await memberships.mute(ctx, id, on);
    return '/me#notification-mail';
  }),
  renew: form(bySpace, async (ctx, { id }) => {
    await memberships.askRenewal(ctx, id);
    return '/me?done=renewal#spaces';
  }),
  presence: form(onOff, async (ctx, { on }) => {
    await presence.choose(ctx, on);
    return '/me#presence';
  }),
  zone: form(browserZone, async (ctx, { zone }) => {
    await accounts.learnZone(ctx, zone);
    return null;
  }),
  password: form(
    newPassword,
    async (ctx, input) => {
      await accounts.changePassword(ctx, input);
      return '/me?done=password';
    },
    undefined,
    { judge: accounts.judgePassword },
  ),
  email: form(
    newAddress,
    async (ctx, input) => {
      await accounts.askAddress(ctx, input);
      return '/me?done=email#email-address';
    },
    undefined,
    { judge: accounts.judgeAddress },
  ),
  emailAgain: form(addressAgain, async (ctx, { sentAt }) => {
    await accounts.resendAddress(ctx, sentAt);
    return '/me?done=email-again#email-address';
  }),
  emailCancel: form(v.object({}), async (ctx) => {
    await accounts.cancelAddress(ctx);
    return '/me?done=email-cancelled#email-address';
  }),
  endSessions: form(oneSession, async (ctx, { id }) => {
    await accounts.endSessions(ctx, id || null);
    return '/me?done=sessions';
  }),
  endTrust: form(oneSession, async (ctx, { id }) => {
    await accounts.endTrust(ctx, id);
    return '/me?done=trust-ended#trusted';
  }),
  delete: form(
    eraseAccount,
    async (ctx, input, { setHeaders }) => {
      const counts = await accounts.eraseSelf(ctx, input);
      // Drafts are kept in the browser.
      setHeaders({ 'clear-site-data': '"storage"' });
      return withQuery('/login', { done: 'deleted', erased: writeCounts(counts) });
    },
    undefined,
    { judge: accounts.judgeErasure },
  ),
  signOut: form(v.object({}), async (ctx, _input, { setHeaders }) => {
    await accounts.signOut(ctx);
    // Drafts are kept in the browser, and must not stay for the next person.
    setHeaders({ 'clear-site-data': '"storage"' });
    return news.sendTo(ctx, '/login', 'logged-out');
  }),
};
