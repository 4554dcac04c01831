import { fail, isActionFailure } from '@sveltejs/kit';
import * as v from 'valibot';
import type { FormFailure } from '$lib/forms';
import { coverUpload, newSpace, unfinishedSpace } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { randomId } from '$lib/server/crypto';
import * as files from '$lib/server/files';
import { checkAll, Refusal } from '$lib/server/errors';
import { signedIn, type SignedIn } from '$lib/server/context';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as templates from '$lib/server/space-templates';

export const load = (event) =>
  show(event, async (ctx) => {
    const id = event.url.searchParams.get('template') ?? '';
    const wanted = id !== '' && id !== 'scratch';
    const [list, chosen, colleagues] = await Promise.all([
      templates.list(ctx),
      wanted ? templates.find(ctx, id) : null,
      accounts.colleagues(ctx),
    ]);
    return {
      requestKey: randomId(),
      templates: list,
      chosen: chosen && templates.preview(chosen),
      gone: wanted && !chosen,
      /** The second step: a beginning is chosen. */
      begun: id === 'scratch' || chosen !== null,
      colleagues,
    };
  });

type Search = { people?: string; searched?: string };

const lookFirst = ({ people = '', searched }: Search) => {
  if (searched !== undefined && people.trim() && people.trim() !== searched.trim())
    throw new Refusal('invalid', { key: 'space.look-first', field: 'people' });
};

const judge = (ctx: SignedIn, form: Search & { coverFile?: File[] }) =>
  checkAll(
    () => lookFirst(form),
    () => files.checkCoverFile(ctx, form.coverFile),
  );

const create = form(
  v.object({ ...newSpace.entries, ...coverUpload }),
  async (ctx, { requestKey, members, administrators, coverFile, template, people, searched, ...input }) => {
    await judge(ctx, { people, searched, coverFile });
    input.cover = await files.chosenCover(ctx, input.cover, coverFile);
    const chosen = [...new Set([...members, ...administrators])];
    const first = chosen.map((id) => ({ id, administrator: administrators.includes(id) }));
    return `/spaces/${await templates.beginSpace(ctx, template, input, first, requestKey)}`;
  },
  (ctx) => allow(ctx, 'space.create'),
  { judge },
);

/** Without scripts: shows the form again, with colleagues who were looked for, or from another beginning. */
const showAgain = form(
  v.object({ ...unfinishedSpace.entries, ...coverUpload }),
  async (ctx, { coverFile, ...values }, { url }) => ({
    values: {
      ...(await templates.beginAgain(ctx, values, url.searchParams.get('template'))),
      coverFile: coverFile.map(({ name }) => name),
    },
    errors: {},
    choosing: url.searchParams.has('choose'),
  }),
  (ctx) => allow(ctx, 'space.create'),
);

export const actions = {
  default: async (event) => {
    const answer = await (/[?&](find|choose)\b/.test(event.url.search) ? showAgain : create)(event);
    const again = (isActionFailure(answer) ? answer.data : answer) as FormFailure & { choosing?: boolean };
    // Chosen people always stay in the list.
    const list = (name: string) => [again.values[name] ?? []].flat();
    const chosen = [...list('members'), ...list('administrators')];
    const colleagues = await accounts.colleagues(signedIn(event.locals.ctx), list('people')[0], chosen);
    return isActionFailure(answer) ? fail(answer.status, { ...again, colleagues }) : { ...again, colleagues };
  },
};
