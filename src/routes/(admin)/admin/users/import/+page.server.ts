import { importUsers } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';

export const load = (event) =>
  show(event, async (ctx) => {
    allow(ctx, 'site.administer');
    return { days: (await settings.read(ctx)).invitationDays, requestKey: randomId() };
  });

export const actions = {
  default: form(
    importUsers,
    async (ctx, input) => {
      const { invited, not } = await invitations.importUsers(ctx, input);
      if (not.length === 0) return '/admin/users?done=imported';
      // What is left to mend. It is a new list, so its key is new, too.
      const users = not.map(({ typed }) => typed).join('\n');
      return { outcome: { invited, not }, values: { users, locale: input.locale } };
    },
    (ctx) => allow(ctx, 'site.administer'),
    { judge: async (_ctx, { users }) => void (users && invitations.judgeImport(users)) },
  ),
};
