// Which module may import which (docs: architecture rules 1, 5, 10, 13, 14). Reads the sources as text.
import { describe, expect, it } from 'vitest';

const sources: Record<string, string> = Object.fromEntries(
  Object.entries(
    import.meta.glob(['/src/**/*.{ts,svelte}', '!/src/**/*.test.ts'], {
      query: '?raw',
      import: 'default',
      eager: true,
    }) as Record<string, string>,
  ).map(([path, text]) => [path.slice(1), text]),
);

const styles = import.meta.glob('/src/**/*.css', { query: '?raw', import: 'default', eager: true }) as Record<
  string,
  string
>;

const files = (test: RegExp) => Object.keys(sources).filter((path) => test.test(path));

/** What a file imports, with relative paths and $lib resolved: `src/lib/server/crypto`, `lucia`, … */
function imports(path: string): string[] {
  // Comments and strings contain no `from '…'` here; a false alarm would be noticed.
  const found = sources[path]!.matchAll(
    /(?:^|\n|;|>)[ \t]*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...found].map((m) => {
    const name = (m[1] ?? m[2])!;
    if (name.startsWith('$lib')) return name.replace('$lib', 'src/lib');
    if (!name.startsWith('.')) return name;
    return new URL(name, `http://x/${path}`).pathname.slice(1);
  });
}

/** Files of `those` that import something matching `what`, as "file → import". */
const offenders = (those: string[], what: RegExp) =>
  those.flatMap((path) =>
    imports(path)
      .filter((name) => what.test(name))
      .map((name) => `${path} → ${name}`),
  );

const importersOf = (what: RegExp) =>
  files(/./).filter((path) => imports(path).some((name) => what.test(name)));

const server = files(/^src\/lib\/server\//);
const named = (...names: string[]) => names.map((name) => `src/lib/server/${name}.ts`);

/** Files and folders of lib/server, from the lowest layer to the highest. Imports go to the same layer or down. */
const layers: [layer: string, modules: string][] = [
  [
    'platform',
    `aside blobs change-limit context crypto csv errors log markdown paging passwords pictures rate-limit room schema
      secrets zip`,
  ],
  ['rules', 'access audit policy stale'],
  ['delivery', 'mail'],
  [
    'domain',
    `accounts administrators appearance archive audit-log changes events files folded guests invitations language limits live login-security mail-log memberships mentions networks
      notifications
      overview presence search seed session-limits sessions settings site space-templates spaces sponsors terms threads trash typed-address verification
      well-known`,
  ],
  ['work', 'cron jobs'],
  ['web', 'body fields http news pending-post plain-pages request-limits'],
  ['entry', 'entry'],
];
const moduleOf = (path: string) => /^src\/lib\/server\/([^/.]+)/.exec(path)?.[1];
const layerOf = (module: string | undefined) =>
  layers.findIndex(([, modules]) => modules.split(/\s+/).includes(module ?? ''));

it('reads the sources', () => {
  expect(server.length).toBeGreaterThan(20);
  expect(imports('src/lib/server/sessions.ts')).toContain('lucia');
  expect(imports('src/lib/server/sessions.ts')).toContain('src/lib/server/crypto');
  expect(imports('src/hooks.server.ts')).toContain('src/lib/server/policy');
});

describe('direction', () => {
  it('nothing in lib/server knows SvelteKit, components or routes; http.ts alone says error, fail and redirect', () => {
    expect(
      offenders(server, /^\$app|^\$env|\.svelte$|^src\/routes|^src\/lib\/components|^src\/hooks|^svelte/),
    ).toEqual([]);
    expect(offenders(server, /^@sveltejs/)).toEqual(['src/lib/server/http.ts → @sveltejs/kit']);
    const [, words] = /import \{([^}]+)\} from '@sveltejs\/kit'/.exec(sources['src/lib/server/http.ts']!)!;
    for (const word of words!.split(','))
      expect(['error', 'fail', 'redirect', 'type RequestEvent']).toContain(word.trim());
  });

  it('components and the shared part of lib never import server code', () => {
    const shared = files(/^src\/lib\//).filter((path) => !server.includes(path));
    expect(offenders(shared, /lib\/server/)).toEqual([]);
    // Types too: pages get their data from `load`.
    expect(offenders(files(/^src\/routes\/.*\.svelte$|\/\+(page|layout)\.ts$/), /lib\/server/)).toEqual([]);
  });

  it('only components, routes and lib/browser itself use what runs in a browser alone', () => {
    const others = files(/^src\/lib\/(?!browser\/|components\/)|^src\/hooks/);
    expect(others.length).toBeGreaterThan(100);
    expect(offenders(others, /^src\/lib\/browser\//)).toEqual([]);
  });

  it('every file of lib/server is in one layer', () => {
    const modules = layers.flatMap(([, those]) => those.split(/\s+/));
    expect([...modules].sort()).toEqual([...new Set(server.map(moduleOf))].sort());
  });

  it('no layer imports a higher one', () => {
    const upward = server.flatMap((path) =>
      imports(path)
        .filter((name) => layerOf(moduleOf(name)) > layerOf(moduleOf(path)))
        .map((name) => `${path} → ${name}`),
    );
    expect(upward).toEqual([]);
    // Nor do the top two import each other.
    const below = server.filter((path) => !named('entry').includes(path));
    expect(offenders(below, /lib\/server\/(http|jobs|cron)$/)).toEqual([]);
  });

  it('the entry is composition only', () => {
    expect(imports('src/worker.ts').sort()).toEqual([
      'src/lib/server/context/config',
      'src/lib/server/room',
      'sveltekit-hooks',
      'sveltekit-worker',
    ]);
  });
});

describe('imports', () => {
  it('run in no circle, types included', () => {
    const known = new Set(files(/./));
    const edges = new Map(
      [...known].map((path) => [
        path,
        imports(path).flatMap((name) =>
          [name, `${name}.ts`, `${name.replace(/\/$/, '')}/index.ts`].filter(
            (other) => known.has(other) && other !== path,
          ),
        ),
      ]),
    );
    expect(edges.get('src/lib/server/spaces/overview.ts')).toContain('src/lib/server/access/index.ts');
    // Removes files without imports or importers, which are in no circle, until none is left.
    for (let size = -1; size !== edges.size;) {
      size = edges.size;
      for (const [path, to] of edges) if (!to.some((other) => edges.has(other))) edges.delete(path);
      const imported = new Set([...edges.values()].flat());
      for (const path of edges.keys()) if (!imported.has(path)) edges.delete(path);
    }
    expect(
      [...edges].map(([path, to]) => `${path} → ${to.filter((other) => edges.has(other)).join(', ')}`),
    ).toEqual([]);
  });

  it('between folders of lib/server run in no circle either', () => {
    const to = new Map<string, Set<string>>();
    for (const path of server)
      for (const other of imports(path).map(moduleOf))
        if (other && other !== moduleOf(path))
          to.set(moduleOf(path)!, (to.get(moduleOf(path)!) ?? new Set()).add(other));
    const reached = (from: string, seen = new Set<string>()): Set<string> => {
      for (const next of to.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next));
      return seen;
    };
    expect([...to.keys()].filter((module) => reached(module).has(module))).toEqual([]);
  });
});

describe('one place for', () => {
  it('who sees whom: only access/visibility.ts reads whether guests are hidden', () => {
    const asks = files(/./).filter((path) => /guests_hidden|guestsHidden/.test(sources[path]!));
    expect(asks.sort()).toEqual(
      [
        'src/lib/server/access/visibility.ts',
        // Where it is an ordinary option of a space or template.
        'src/lib/server/space-templates/shipped/setups.ts',
        'src/lib/space-options.ts',
        'src/routes/dev/components/Lists.svelte',
      ].sort(),
    );
    // These do not decide anything by it. (`=== 1,` only decodes a stored flag.)
    const decides = [
      /(?:\b(?:if|eq|ne|and|or|not|iif|when|where)\b|&&|\|\||!)[\s(]*(?:!\s*)?(?:\w+\.)?guests_?hidden/i,
      /guestsHidden\)?\s*(?:\?[^:?.]|&&|\|\||[=!]==?(?!=? 1,))/,
      /guests_hidden\s*(?:[=<>)]|is\b|and\b|or\b)/,
    ];
    const decidesIn = (code: string) => decides.some((pattern) => pattern.test(code));
    for (const code of [
      'if (found.guestsHidden) return',
      'found.guestsHidden ? a : b',
      'guest && found.guestsHidden',
      'guest &&\n    !space.guestsHidden',
      'eq(space.guestsHidden, true)',
      'sql`iif(s.guests_hidden, 1, 2)`',
      'sql`… where s.id = 1 and s.guests_hidden`',
    ])
      expect(decidesIn(code), code).toBe(true);
    const setting = asks.filter((path) => path.endsWith('.ts') && !path.includes('/access/'));
    expect(setting.filter((path) => decidesIn(sources[path]!))).toEqual([]);
  });

  it('until when a guest has access: whoever asks for a membership of the actor asks access.lasting, or comes behind it', () => {
    const behind: Record<string, string> = {
      'access/administration': 'of users, whose access does not end',
      'access/visibility': 'names it in a comment',
      'invitations/state': 'what a link says to its holder, who is asked again behind it',
      'access/viewing': 'of whoever looks, a user',
      administrators: 'of users',
      'accounts/profile': 'asks memberships/own.ts',
      'accounts/administration': 'of users',
      'accounts/erase/index': 'what an account leaves',
      'guests/import/check': 'of users: who invites',
      'invitations/join': 'begins a new one',
      'memberships/members': 'of users, and `hasEnded`: what is over is no presence',
      'memberships/renewal': 'also of what has ended: it is about that',
      'memberships/terms': 'the same, for who runs the space',
      'notifications/notify': 'what is shown or mailed later asks again (rows.ts)',
      'notifications/recipients': 'the same',
      'spaces/create': 'begins one, of a user',
    };
    const spaceFirst = /requireSpace|spaceQuery|requireAdministrator/;
    // A page that also asks spaceQuery in its batch, and whose parts are these.
    const parts =
      /^src\/lib\/server\/(?:spaces\/(?:people|first-sight|card|first-invitation)|threads\/(?:list|read|write|manage|open)|mentions\/(?:people|completion))\.ts$/;
    const asks = server.filter((path) => {
      const code = sources[path]!;
      return /\bmembership\b/.test(code) && /actor\.id/.test(code) && !/\blasting\(/.test(code);
    });
    const without = asks.filter(
      (path) =>
        !spaceFirst.test(sources[path]!) &&
        !parts.test(path) &&
        !((/^src\/lib\/server\/(.+)\.ts$/.exec(path)?.[1] ?? '') in behind),
    );
    expect(without).toEqual([]);
  });

  it('what a text has attached: whoever else reads files asks files/current.ts, so no replaced version is named', () => {
    const reasons: Record<string, string> = {
      'accounts/data/files': 'one’s own uploads, all versions of them',
      folded: 'folds the names of all files, and shows none',
      'schema/schema': 'the definition',
    };
    const reading = server.filter(
      (path) =>
        !path.includes('/server/files/') &&
        /\b(?:from|join) file\b|\.from\(file\)|[jJ]oin\(file\b/.test(sources[path]!) &&
        !/\bisCurrent\(/.test(sources[path]!),
    );
    expect(reading.filter((path) => !named(...Object.keys(reasons)).includes(path))).toEqual([]);
  });

  it('who sees whom: only the files below ask whether a viewer sees guests at all; the others ask visibleTo', () => {
    const reasons: Record<string, string> = {
      'accounts/data/texts': 'the column that readerOf takes',
      'notifications/rows': 'the column that readerOf takes',
      'search/hits':
        'the column that readerOf takes; and the index has columns of its own for what is hidden',
      'spaces/portal': 'the column that readerOf takes',
    };
    const asking = server.filter(
      (path) => !path.includes('/access/') && /\bseesGuests\(/.test(sources[path]!),
    );
    expect(asking).toEqual(named(...Object.keys(reasons)));
  });

  it('who sees whom: only access/ decides by the author of a text, or by which mentions name guests', () => {
    // Showing a person is not a decision.
    const code = (path: string) => sources[path]!.replace(/\bguest: (\w+\.)?authorKind === 'guest'/g, '');
    const decides = /\bm\.guest\b|\bauthorKind\s*[!=]==/;
    for (const line of ["if (row.authorKind === 'user')", 'mentions.some((m) => m.guest)'])
      expect(decides.test(line), line).toBe(true);
    expect(server.filter((path) => decides.test(code(path)))).toEqual(
      named('access/stored', 'access/visibility'),
    );
  });

  it('who administers a space: only access/ and memberships/ read the column', () => {
    const reads = /\bmembership\.administrator\b|\bm\.administrator\b|and administrator = 1/;
    expect(server.filter((path) => reads.test(sources[path]!))).toEqual(
      named('access/administration', 'memberships/members', 'memberships/order'),
    );
  });

  it('the right to administer the site: what is written by it asks for it again, in the same batch', () => {
    // Exports change nothing; their batch only records them.
    const exports = ['exportFile', 'exported', 'exported'];
    const verbs = server.flatMap((path) =>
      sources[path]!.split(/\n(?=export (?:async )?(?:function|const) )/),
    );
    const writing = verbs.filter((verb) => verb.includes("'site.administer'") && /\bcommit\(/.test(verb));
    const names = writing
      .filter((verb) => !/\b(stillAdministersSite|actorMayInvite)\(/.test(verb))
      .map((verb) => /(?:function|const) (\w+)/.exec(verb)![1]!);
    expect(names.sort()).toEqual(exports.sort());
  });

  it('which invitations are open: schema/space.ts, beside the indexes that need the same words', () => {
    expect(files(/./).filter((path) => /'invited',\s*'expired'\]?\)/.test(sources[path]!))).toEqual([
      'src/lib/server/schema/space.ts',
    ]);
  });

  it('the consequences of an act: only events/ composes audit entries, changes, notifications and rows of the index', () => {
    const server = 'src/lib/server/';
    expect(
      files(/./).filter((path) =>
        /\baudit\.(entry|entries|tally)\(|insert into audit_entry|insert\(auditEntry\)/.test(sources[path]!),
      ),
    ).toEqual([`${server}audit.ts`, `${server}events/index.ts`].sort());
    expect(
      files(/./)
        .filter((path) => /\bchanges\.note\(|into space_event|insert\(spaceEvent\)/.test(sources[path]!))
        .sort(),
    ).toEqual([`${server}changes.ts`, `${server}events/index.ts`]);
    expect(
      files(/./).filter((path) => /into notification |insert\(notification\)/.test(sources[path]!)),
    ).toEqual([`${server}notifications/notify.ts`]);
    // The purge of a space deletes its texts piece by piece, long before the event that says that it is gone.
    expect(
      files(/./).filter((path) =>
        /\b(search|entries)\.(put|drop)\(|(into|from) search_entry \(?(rowid|where)/.test(sources[path]!),
      ),
    ).toEqual([`${server}events/index.ts`, `${server}search/entries.ts`, `${server}trash.ts`]);
  });
  it('sessions: lucia', () => expect(importersOf(/^lucia/)).toEqual(['src/lib/server/sessions.ts']));
  it('mail: mailchannels-sdk', () =>
    expect(importersOf(/^mailchannels-sdk/)).toEqual(['src/lib/server/mail/transport/mailchannels.ts']));
  it('Markdown: markdown-it', () =>
    expect(importersOf(/^markdown-it/).every((file) => file.startsWith('src/lib/server/markdown/'))).toBe(
      true,
    ));

  it('the environment: context/', () => {
    const names =
      /\b(FOYER_SECRET|FOYER_SECRET_PREVIOUS|FOYER_LOCAL|FOYER_SEED|FOYER_INLINE_MAIL|SETUP_TOKEN|MAIL_TRANSPORT|MAIL_DOMAIN|MAIL_QUEUE|MAILCHANNELS_API_KEY|MAILCHANNELS_BASE_URL|DKIM_[A-Z_]+|SECURITY_CONTACT)\b|\benv\.(DB|KV|FILES|ASSETS|ROOMS|ORIGIN)\b/;
    const code = (path: string) => sources[path]!.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '');
    // The dictionaries may tell people which variable to set.
    const readers = files(/^src\/(?!lib\/messages\/)/).filter((path) => names.test(code(path)));
    expect(readers).toEqual(['src/lib/server/context/config.ts', 'src/lib/server/context/create.ts']);
  });

  it('the log: log.ts, so that no line of it holds a value that an error quotes', () => {
    const code = (path: string) => sources[path]!.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '');
    // Also a console that is passed on or destructured.
    expect(files(/./).filter((path) => /\bconsole\b(?!\.\w+['"])/.test(code(path)))).toEqual([
      'src/lib/server/log.ts',
    ]);
    // Nor does an error message go into a row or an answer unchanged.
    const raw = /String\((error|thrown|reason|e)\)|\$\{(error|thrown|reason|e)(\.message|\.stack)?\}/;
    expect(server.filter((path) => raw.test(code(path)))).toEqual([
      'src/lib/server/mail/transport/mailchannels.ts',
    ]);
  });

  it('request bodies: body.ts, which counts what it reads', () => {
    const code = (path: string) => sources[path]!.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '');
    const reads =
      /\b(?:request|req)\)?\s*\.\s*(?:body|blob|bytes|clone|formData|json|text|arrayBuffer)\b|\.formData\(/;
    const onServer = files(
      /^src\/(hooks|worker|lib\/server\/|routes\/.*\.server\.ts|routes\/.*\+server\.ts)/,
    );
    expect(onServer.filter((path) => reads.test(code(path)))).toEqual(['src/lib/server/body.ts']);
    // A request may be passed only to code that reads its headers or address, or calls body.ts.
    const takes = onServer.filter((path) => /\bRequest\b/.test(code(path)));
    expect(takes.sort()).toEqual([
      'src/hooks.server.ts',
      'src/lib/server/body.ts',
      'src/lib/server/entry.ts',
      'src/lib/server/files/serve.ts',
      'src/lib/server/http.ts',
      'src/lib/server/pending-post.ts',
      'src/lib/server/plain-pages.ts',
      'src/lib/server/request-limits.ts',
      'src/lib/server/room.ts',
      'src/routes/(app)/spaces/[id=id]/preview/+server.ts',
    ]);
  });

  it('the answer to a form: the pages themselves and answer.ts, because Kit empties page.form when a page loads anew', () => {
    const readers = files(/./).filter((path) =>
      /\bpage\.form\b/.test(sources[path]!.replace(/\/\*[^]*?\*\//g, '')),
    );
    expect(readers).toEqual([]);
  });

  it('mixed colours: oklab, because oklch makes amber of evergreen and grey', () => {
    const mixed = Object.values({ ...sources, ...styles }).flatMap(
      (text) => text.match(/color-mix\(in \w+/g) ?? [],
    );
    expect(new Set(mixed)).toEqual(new Set(['color-mix(in oklab']));
  });

  it('what the server asks of others: the mail service and its own parts, at addresses that nobody types', () => {
    const code = (path: string) => sources[path]!.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '');
    const onServer = files(
      /^src\/(hooks|worker|lib\/server\/|routes\/.*\.server\.ts|routes\/.*\+server\.ts)/,
    );
    const asks = /\bfetch\(|\bfrom 'node:(net|tls|http|https|dgram)'|cloudflare:sockets/;
    expect(onServer.filter((path) => asks.test(code(path)))).toEqual([
      // A room of ours, and the list of common passwords beside the Worker.
      'src/lib/server/live.ts',
      'src/lib/server/mail/transport/mailchannels.ts',
      'src/lib/server/mail/transport/reachability.ts',
      'src/lib/server/passwords.ts',
      'src/lib/server/room.ts',
    ]);
  });

  it('code that is made of text: nowhere; a pattern that is made of typed words escapes them', () => {
    const dynamic = /\beval\(|\bnew Function\b|\bsetTimeout\(\s*['"`]|child_process|node:vm/;
    expect(files(/^src\//).filter((path) => dynamic.test(sources[path]!))).toEqual([]);
    const matches = sources['src/lib/server/search/matches.ts']!;
    expect(matches).toContain('RegExp.escape(');
  });

  it('passwords: one field, which browsers fill in, and into which anything can be pasted', () => {
    const fields = files(/\.svelte$/).filter((path) => /type=["'{][^>]*password/.test(sources[path]!));
    // The set-up token is hidden, too.
    expect(fields).toEqual([
      'src/lib/components/PasswordField.svelte',
      'src/routes/(public)/setup/+page.svelte',
    ]);
    expect(sources[fields[0]!]).toContain("autocomplete={policy ? 'new-password' : 'current-password'}");
    expect(sources[fields[0]!]).not.toMatch(/paste|beforeinput|keydown|contextmenu/);
  });

  it('chance on the server: what cannot be predicted', () =>
    expect(server.filter((path) => /Math\.random/.test(sources[path]!))).toEqual([]));

  it('raw HTML: the component for prose', () => {
    expect(files(/\.svelte$/).filter((path) => sources[path]!.includes('{@html'))).toEqual([
      'src/lib/components/Prose.svelte',
    ]);
  });
});

describe('routes', () => {
  const handlers = files(/^src\/routes\/.*\+(page|layout)\.server\.ts$|^src\/routes\/.*\+server\.ts$/);

  it('parse, call and answer through http.ts, except those listed below', () => {
    // Loads that only redirect need no permission.
    const redirects = (path: string) =>
      /redirect\(30\d/.test(sources[path]!) && !/lib\/server\//.test(sources[path]!);
    const bare = handlers.filter(
      (path) => !imports(path).includes('src/lib/server/http') && !redirects(path),
    );
    expect(bare.sort()).toEqual([...exceptions].sort());
    for (const path of handlers.filter((p) => !exceptions.includes(p) && !redirects(p))) {
      const text = sources[path]!;
      if (/export const actions/.test(text)) expect(text, path).toMatch(/\bform(Public)?\(/);
      if (/export const load/.test(text)) expect(text, path).toMatch(/\bshow(Public|As)?\(|redirect\(30\d/);
      if (/\+server\.ts$/.test(path)) expect(text, path).toMatch(/\banswer(Public)?\(/);
    }
  });

  it('below a view as a guest read as that guest, and take no posts', () => {
    const viewed = handlers.filter((path) => path.includes('/as/[guest]/'));
    expect(viewed.length).toBeGreaterThan(5);
    for (const path of viewed) {
      expect(sources[path], path).not.toMatch(/\b((show|form|answer)(Public)?\(|actions\b|locals\b)/);
      expect(path).not.toMatch(/\+server\.ts$/);
    }
  });

  it('belong to a group of the table in hooks, which refuses all others', () => {
    const hooks = sources['src/hooks.server.ts']!;
    const [, table] = /const groups: [\s\S]*? = \{([\s\S]*?)\n\};/.exec(hooks)!;
    const groups = [...table!.matchAll(/^ {2}'?([^'\s:]+)'?: \(/gm)].map((m) => m[1]!);
    expect(groups).toEqual(['(assets)', '(public)', '(pending)', '(terms)', '(app)', '(admin)', 'dev']);
    const used = files(/^src\/routes\/[^/]+\//).map((path) => path.split('/')[2]!);
    for (const group of new Set(used)) expect(groups).toContain(group);
    // Only the root layout and the error page are outside the groups.
    const frame = files(/^src\/routes\/[^/]+$/).map((path) => path.split('/').pop());
    for (const name of frame) expect(name).toMatch(/^\+(layout|error)/);
  });
});

/** Deliberate exceptions to "every handler uses show, form or answer". */
const exceptions: string[] = [
  // Tells everybody whether D1 answers.
  'src/routes/(public)/healthz/+server.ts',
  // The site's name and language, for every page and the error page.
  'src/routes/+layout.server.ts',
  // Sample mails without a database; hooks protect the group.
  'src/routes/dev/mail-samples/+page.server.ts',
  'src/routes/dev/mail-samples/[locale]/[name]/+server.ts',
];

describe('comparing words', () => {
  // These compare or show something other than people's words.
  const others: Record<string, string> = {
    'src/lib/fold.ts': 'the fold itself',
    'src/lib/files.ts': 'endings of file names',
    'src/lib/addresses.ts': 'addresses, by their own rule',
    'src/lib/server/settings/domains.ts': 'domains of addresses',
    'src/lib/tokens.ts': 'tokens of links',
    'src/lib/server/accounts/login.ts': 'a login name that is no address',
    'src/lib/server/folded.ts': 'rows that cron has not folded yet',
    'src/lib/server/secrets.ts': 'secrets, against a list',
    'src/lib/server/passwords.ts': 'passwords, against a list',
    'src/lib/server/rate-limit/client-ip.ts': 'IP addresses',
    'src/lib/server/body.ts': 'content types',
    'src/lib/components/Menu.svelte': 'a key and our own words',
  };
  it('uses one fold: no other code compares names or texts by lower case, collation or accents', () => {
    const own =
      /\.toLowerCase\(|\.toLocaleLowerCase\(|\blower\(|\blike\(|\bilike\(|localeCompare|normalize\([^)]*'NFK?D'/;
    expect(files(/./).filter((path) => own.test(sources[path]!) && !(path in others))).toEqual([]);
  });

  it('every write of a name also writes its fold', () => {
    // Choices and permissions contain no name, nor does what is left of an erased person.
    const writers = server.filter(
      (path) =>
        !/accounts\/(notifications|administration|erase\/account)\.ts$/.test(path) &&
        /insert\((user|space|spaceTemplate)\)|insert into (user|space|space_template) |update (user|space|space_template) set name|update\((user|space)\)\s*\.set\(\{\s*(\.\.\.|name)/.test(
          sources[path]!,
        ),
    );
    expect(writers).toEqual([
      'src/lib/server/accounts/profile.ts',
      'src/lib/server/accounts/set-up.ts',
      'src/lib/server/invitations/sign-up.ts',
      'src/lib/server/space-templates/manage.ts',
      'src/lib/server/space-templates/write.ts',
      'src/lib/server/spaces/create.ts',
      'src/lib/server/spaces/settings.ts',
    ]);
    for (const path of writers) expect(sources[path], path).toMatch(/folded\.(person|personAsRead|name)\(/);
  });
});
