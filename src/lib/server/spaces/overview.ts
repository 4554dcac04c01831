import { and, asc, eq, lt, sql } from 'drizzle-orm';
import {
  administersHere,
  foundSpace,
  mayLeave,
  rankOfGuests,
  shared,
  sharedQuery,
  spaceQuery,
  viewerOf,
  type FoundSpace,
} from '../access';
import * as changes from '../changes';
import type { SignedIn } from '../context';
import { compiled } from '../context/compiled';
import { acceptable } from '../invitations/rule';
import * as markdown from '../markdown';
import { bodyFor, titleFor } from '../mentions/redaction';
import { ASK_BEFORE } from '../memberships';
import { can } from '../policy';
import { invitation, membership } from '../schema';
import * as threadList from '../threads/list';
import { rememberSeveral } from '../threads/several';
import * as administrators from './administrators';
import * as firstInvitation from './first-invitation';
import * as firstSight from './first-sight';
import { linksFrom, textOf, type Link } from './form';
import { FACES, facesQuery, presentFaces } from './people';

const reads = compiled((ctx, { spaceId }: { spaceId: number }, list: threadList.Asked) => ({
  space: spaceQuery(ctx, spaceId),
  staff: facesQuery(ctx, spaceId, lt(membership.rank, 2)),
  guests: facesQuery(ctx, spaceId, sql`${membership.rank} = ${rankOfGuests(viewerOf(ctx), { spaceId })}`),
  myself: facesQuery(ctx, spaceId, eq(membership.userId, ctx.actor.id)),
  shared: sharedQuery(ctx, spaceId),
  // Only space administrators see who is invited but has not joined.
  invited: ctx.db
    .select({ id: invitation.id, email: invitation.emailOriginal })
    .from(invitation)
    .innerJoin(membership, and(eq(membership.spaceId, spaceId), eq(membership.userId, ctx.actor.id)))
    .where(and(eq(invitation.spaceId, spaceId), acceptable(ctx), administersHere(ctx)))
    .orderBy(asc(invitation.email))
    .limit(FACES + 1),
  newest: changes.newestQuery(ctx, spaceId),
  pinned: threadList.pinnedQuery(ctx, spaceId, list),
  threads: threadList.query(ctx, spaceId, list, 'whole'),
  threadsWithoutGuests: threadList.query(ctx, spaceId, list, 'without-guests'),
  administrators: administrators.query(ctx, spaceId),
  firstSight: firstSight.query(ctx, spaceId),
  firstInvitation: firstInvitation.query(ctx, spaceId),
}));

/** @param list which of its threads */
export async function overview(ctx: SignedIn, spaceId: number, list: threadList.Asked = {}) {
  const isFirst = !list.before && !list.pinnedBefore;
  const rows = await ctx.read(
    isFirst ? reads(ctx, { spaceId }, { show: list.show }) : reads.anew(ctx, { spaceId }, list),
  );
  const found = foundSpace(ctx, rows.space);
  rememberSeveral(ctx, found);
  const { reader } = found;
  const readers = shared(rows.shared);
  const written = wordsOf(found);
  const { threads, next } = threadList.present(
    reader.seesGuests ? rows.threads : rows.threadsWithoutGuests,
    reader,
  );
  const inCharge = administrators.present(ctx, rows.administrators);
  const first = threadList.present(rows.pinned, reader);
  const showsPinned = found.showThreads && (!list.before || !!list.pinnedBefore);
  return {
    space: {
      id: found.id,
      name: found.name,
      cover: found.cover,
      links: found.showLinks ? written.links : [],
      severalThreads: found.severalThreads,
      showAnnouncement: found.showAnnouncement,
      showThreads: found.showThreads,
      showPeople: found.showPeople,
      showLinks: found.showLinks,
    },
    announcementHtml:
      found.showAnnouncement && found.announcement ? markdown.render(written.announcement) : null,
    spaceRole: found.spaceRole,
    may: {
      administer: can(ctx.actor, 'space.administer', found),
      change: can(ctx.actor, 'space.change', found),
      write: can(ctx.actor, 'space.write', found),
      leave: mayLeave(ctx, found),
    },
    muted: found.muted,
    /** Where it is soon: when the guest's own access ends. */
    endsAt: found.endsAt !== null && found.endsAt <= ctx.now + ASK_BEFORE ? found.endsAt : null,
    people: found.showPeople ? presentFaces(rows.staff, reader.seesGuests ? rows.guests : rows.myself) : [],
    administrators: inCharge,
    /** The viewer, who can't leave before there is another. */
    onlyAdministrator: found.spaceRole === 'space-administrator' && inCharge.names.length === 1,
    firstSight: firstSight.present(rows.firstSight, readers, found.userCount),
    firstInvitation: rows.firstInvitation.length > 0,
    invited: found.showPeople ? rows.invited.slice(0, FACES) : [],
    invitedMore: rows.invited.length > FACES,
    ...readers,
    seq: changes.newestPlace(ctx, rows.newest),
    until: ctx.now,
    next: found.showThreads ? next : null,
    pinned: showsPinned ? first.threads : [],
    pinnedNext: showsPinned ? first.next : null,
    threads: found.showThreads ? threads : [],
    show: list.show ?? 'all',
  };
}

function wordsOf(found: FoundSpace): { announcement: string; links: Link[] } {
  const written = { mentions: found.mentions, authorId: null };
  return {
    announcement: bodyFor(found.reader, { ...written, body: found.announcement }),
    links: linksFrom(found.links, titleFor(found.reader, { ...written, title: textOf(found.links) })),
  };
}
