import { and, eq, isNull, sql } from 'drizzle-orm';
import { optionsOf } from '../../space-options';
import { guestsSeeEachOther, namesGuests, requireAdministrator, stillAdministers } from '../access';
import { changed, must, type SignedIn } from '../context';
import { checkAll, Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as folded from '../folded';
import { nameableQuery, recognised } from '../mentions/people';
import { space } from '../schema';
import { isSaved, merge, wasOf } from '../stale';
import { fields, type SettingsForm } from './fields';
import { textOf, type Link, type SpaceForm } from './form';

export async function settingsOf(
  ctx: SignedIn,
  spaceId: number,
): Promise<SettingsForm & { updatedAt: number; was: string }> {
  const found = await requireAdministrator(ctx, spaceId);
  const { name, cover, announcement, links, updatedAt } = found;
  const form = { name, cover, ...optionsOf(found), announcement, links };
  return { ...form, updatedAt, was: wasOf(form, fields) };
}

/** What the name and the cover are refused for, both at once. */
export async function judge(
  ctx: SignedIn,
  spaceId: number,
  form: Partial<SpaceForm> & { coverFile?: File[] },
): Promise<void> {
  const before = await requireAdministrator(ctx, spaceId);
  const { name = '', cover = before.cover } = form;
  await checkAll(
    async () => {
      if (guestsSeeEachOther({ ...before, ...form })) return;
      const people = await nameableQuery(ctx, spaceId, name);
      if (namesGuests(recognised(ctx, { body: name }, people, []).mentions))
        throw new Refusal('invalid', { key: 'space.name-names-guest', field: 'name' });
    },
    () => cover !== before.cover && files.checkCover(ctx, cover),
    () => files.checkCoverFile(ctx, form.coverFile),
  );
}

/** "Several threads" is never switched off again. @param shown by the form: a stale form overwrites nothing */
export async function change(
  ctx: SignedIn,
  spaceId: number,
  typed: SpaceForm & { announcement: string; links?: Link[] },
  shown?: { updatedAt: number; was?: string },
): Promise<void> {
  const before = await requireAdministrator(ctx, spaceId);
  const mine = {
    ...typed,
    links: typed.links ?? before.links,
    severalThreads: typed.severalThreads || before.severalThreads,
  };
  const stale = shown && shown.updatedAt !== before.updatedAt;
  const form = stale
    ? merge(mine, before, fields, { was: shown.was, now: { updatedAt: before.updatedAt } })
    : mine;
  // Perhaps only the answer was lost.
  if (isSaved(form, before, fields)) return;
  await judge(ctx, spaceId, form);
  const now = { title: textOf(form.links), body: form.announcement };
  const people = await nameableQuery(ctx, spaceId, now.title, now.body, form.name);
  const { mentions } = recognised(ctx, now, people, [
    { title: textOf(before.links), body: before.announcement, mentions: before.mentions },
  ]);
  await ctx.commit(
    [
      stillAdministers(ctx, spaceId),
      ctx.db
        .update(space)
        .set({
          ...form,
          mentions,
          folded: folded.name(form.name),
          severalThreads: sql`several_threads or ${form.severalThreads ? 1 : 0}`,
          updatedAt: ctx.now,
        })
        .where(
          and(eq(space.id, spaceId), isNull(space.deletedAt), shown && eq(space.updatedAt, before.updatedAt)),
        ),
      must(ctx, changed()),
      ...(form.cover === before.cover ? [] : files.useCover(ctx, form.cover, spaceId)),
      record(ctx, { kind: 'space.changed', spaceId, detail: { name: form.name, cover: form.cover } }),
      before.announcement !== form.announcement &&
        record(ctx, { kind: 'space.announcement-changed', spaceId }),
    ],
    { refusal: new Refusal('conflict', { key: 'form.stale' }) },
  );
}
