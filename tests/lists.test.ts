// No list is cut silently (architecture rule 15): a limit is a page plus one row, which paging.ts reads, or has a reason below.
import { expect, it } from 'vitest';

const sources = import.meta.glob('/src/lib/server/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const files = Object.entries(sources).filter(([path]) => !path.endsWith('.test.ts'));

const limit = /\.limit\(|\blimit \$\{|\blimit \d/;
/** One row by its id, or one more row than a page. */
const fine = /\.limit\(1\)|\blimit 1\b|\+ 1\b/;

const later = 'a piece of work: the next run does the rest';
const counted = '“99+”';

/** Limits without a next page: the function, and why nothing is missed. */
const others: Record<string, string> = {
  'accounts/address/confirm.ts confirmAddress':
    'each has a line in the audit; what goes beyond is ended all the same',
  'accounts/address/confirm.ts purgeAddressChanges': later,
  'accounts/data/files.ts filesFrom': 'the page of one’s account has a link for each further archive',
  'accounts/reset.ts purgeResets': later,
  'administrators.ts leftBy':
    '“2 more spaces are listed under Space Management afterwards”; of the people of each, the first',
  'accounts/erase/go-on.ts goOn': later,
  'accounts/erase/rows.ts gone': later,
  'files/attach.ts releaseOfSpace': later,
  'files/of-person.ts releaseOf': later,
  'files/purge.ts purge': later,
  'folded.ts foldDue': later,
  'invitations/expire.ts expireOverdue': later,
  'mail/outbox/cron.ts sendDue': later,
  'mail/outbox/cron.ts purge': later,
  'mail-log/send-again.ts sendAllAgain': '“Send all again” stays until none is left',
  'notifications/due.ts due': later,
  'rate-limit/counter.ts purge': later,
  'search/entries.ts rebuildPiece': later,
  'sessions.ts purge': later,
  'trash.ts purgePiece': later,
  'verification/challenge.ts purge': later,
  'verification/handed.ts purgeHanded': later,
  'verification/trusted.ts purgeTrust': later,
  'verification/trusted.ts trust': 'twenty for each person; a further one ends the oldest',
  'audit-log/chain.ts sealNewer': later,
  'audit-log/empty.ts empty': 'the next step goes on where this one ended',
  'audit-log/list.ts entriesQuery': 'ten people or spaces that a word means: of more, the page says so',
  'accounts/erase/index.ts beforehand': '“and 3 other spaces”',
  'changes.ts since': 'the next question goes on where this answer ended',
  'files/browse.ts idsOf': 'its callers say one more than a page, or one picture before or after another',
  'files/versions.ts idsOf': 'its callers say one more than a page, or the newest',
  'files/list.ts ofThreadQuery': 'a text has five files at most (fileLimits.count)',
  'invitations/askers.ts askersQuery':
    'fifty who have left and ask to come back: whoever is invited makes room',
  'files/list.ts ofCommentsQuery': 'five files of each of 51 texts',
  'files/list.ts names': 'a text has five files at most (fileLimits.count)',
  'invitations/guests.ts resendExpired': '“Resend all expired” stays until none is left',
  'mail/transport/mailbox.ts mailbox': 'only on a developer’s machine: the newest mails',
  'guests/list.ts detailedQuery': '“and 3 others” leads to all spaces of a guest',
  'guests/many/run.ts purgeRuns': later,
  'guests/many/run.ts step': later,
  'guests/page.ts pageWith': 'one more than a page; whoever looked through a part of very many is told so',
  'memberships/order.ts counted': '“and 3 other companies”',
  'mentions/completion.ts complete': 'an offer: more letters offer others',
  'notifications/portal.ts unreadQuery': counted,
  'overview/count.ts step': later,
  'search/named.ts covered': 'the page says that some spaces were not searched',
  'search/hits.ts hitsQuery': 'one more than a page; the page says how many spaces were searched',
  'space-templates/choose.ts own': 'more are refused when they are made',
  'space-templates/from-space.ts contentOf': 'more are refused when they are made',
  'memberships/ending.ts dueQuery': later,
  'memberships/told.ts answeringQuery': 'five who run the space, if nobody answers for the guest',
  'sponsors/found.ts offered': 'an offer: what is typed finds everybody else in the space',
  'sponsors/found.ts found': 'one, or one too many',
  'sponsors/found.ts foundOnSite': 'one, or one too many',
  'sponsors/hand-over.ts ofUser': 'an offer, and “more than 1,000”',
  'sponsors/lost.ts lost': 'mails: the Guests tabs and “Guest Management” show all',
  'spaces/people.ts facesQuery': '“Show all 200” leads to the rest',
  'spaces/portal.ts reads': '“+12” faces, “99+” threads and invitations',
  'terms/list.ts ofPerson':
    'its callers say one more than a page, or all: one for each time that an administrator asks',
  'threads/open.ts opening': 'a page of texts, with all files of each',
  'threads/read.ts idsOf': 'where a page begins',
};

/** The functions with a limit that is neither one row nor one more than a page, as "file function". */
const limited = new Set(
  files.flatMap(([path, text]) => {
    let name = '';
    return text.split('\n').flatMap((line) => {
      name = /^(?:export )?(?:async )?(?:function|const) (\w+)/.exec(line)?.[1] ?? name;
      if (!limit.test(line) || fine.test(line) || /^\s*(\/\/|\/?\*)/.test(line)) return [];
      return [`${path.replace('/src/lib/server/', '')} ${name}`];
    });
  }),
);

it('every limit of a query has a next page, or a reason to need none', () => {
  expect([...limited].sort()).toEqual(Object.keys(others).sort());
});

it('no list goes by OFFSET', () => {
  const offenders = files.filter(([, text]) => /\.offset\(|\boffset \$\{/i.test(text));
  expect(offenders.map(([path]) => path)).toEqual([]);
});
