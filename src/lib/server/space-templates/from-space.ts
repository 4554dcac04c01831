import { and, asc, eq, sql } from 'drizzle-orm';
import { isWebAddress } from '../../links';
import { limits } from '../../schemas';
import { optionsOf } from '../../space-options';
import * as access from '../access';
import type { SignedIn } from '../context';
import { keyedId, randomId } from '../crypto';
import * as files from '../files';
import { nameableQuery, withoutNames } from '../mentions/people';
import { allow, can } from '../policy';
import { thread, user, type TemplateContent } from '../schema';
import { linksFrom, textOf } from '../spaces/form';
import { preview } from './choose';
import { PLAIN_COVER } from './template';
import { coverCopy, insert } from './write';

/** They would not work in another space. Their words stay. */
const withoutFiles = (ctx: SignedIn, text: string): string =>
  text
    .replaceAll(`](${ctx.config.origin}/files/`, '](/files/')
    .replace(/!?\[([^\]\n]{0,500})\]\(\/files\/[^)\s]{0,200}\)/g, '$1');

async function contentOf(ctx: SignedIn, spaceId: number) {
  const { reach, people, threads } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    people: nameableQuery(ctx, spaceId, '@'),
    // Texts of guests are not the company's to pass on, nor what is for some people only.
    threads: ctx.db
      .select({ title: thread.title, body: thread.body, mentions: thread.mentions })
      .from(thread)
      .innerJoin(user, eq(user.id, thread.authorId))
      .where(
        and(
          eq(thread.spaceId, spaceId),
          access.visibleToAll({ text: 'thread', author: 'user' }),
          sql`(${thread.title} <> '' or ${thread.body} <> '')`,
        ),
      )
      .orderBy(sql`${thread.pinnedAt} is null, ${thread.pinnedAt} desc`, asc(thread.id))
      .limit(limits.templateThreads),
  });
  const found = access.foundSpace(ctx, reach);
  allow(ctx, 'space.administer', found);
  // A template names nobody: mentions become "@…".
  const own = withoutNames(
    ctx,
    { title: textOf(found.links), body: found.announcement, mentions: found.mentions },
    people,
  );
  const content: TemplateContent = {
    cover: found.cover,
    ...optionsOf(found),
    announcement: withoutFiles(ctx, own.body),
    threads: threads.map((text) => {
      const { title, body } = withoutNames(ctx, text, people);
      return { title, body: withoutFiles(ctx, body) };
    }),
    links: linksFrom(found.links, own.title)
      .filter(({ url }) => isWebAddress(url))
      .slice(0, limits.links),
  };
  return { name: found.name, content };
}

export async function draft(ctx: SignedIn, spaceId: number) {
  const { name, content } = await contentOf(ctx, spaceId);
  return {
    ...preview({
      id: '',
      name: [...name].slice(0, limits.templateName).join('').trim(),
      description: '',
      content,
    }),
    /** Uploaded covers are copied only for people who may upload them. */
    plainCover: files.coverFile(content.cover) !== null && !can(ctx.actor, 'space.create'),
    mayCreate: can(ctx.actor, 'space.create'),
  };
}

/** Everybody who may create spaces sees it. @param requestKey posted twice it makes one; with other words, another */
export async function fromSpace(
  ctx: SignedIn,
  spaceId: number,
  form: { name: string; description: string; requestKey?: string },
): Promise<string> {
  const { content } = await contentOf(ctx, spaceId);
  const id = form.requestKey
    ? keyedId(
        ctx.config.secret,
        'template',
        JSON.stringify([ctx.actor.id, form.requestKey, form.name, form.description]),
      )
    : randomId();
  if (files.coverFile(content.cover))
    content.cover = can(ctx.actor, 'space.create') ? await coverCopy(ctx, content.cover) : PLAIN_COVER;
  return insert(ctx, { id, ...form, content }, 'template.created', spaceId);
}
