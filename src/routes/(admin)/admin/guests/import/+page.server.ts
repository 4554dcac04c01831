import { mendImport, readImport } from '$lib/schemas';
import * as guests from '$lib/server/guests';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => {
    allow(ctx, 'site.administer');
    const token = event.url.searchParams.get('list');
    return {
      token,
      list: token === null ? null : await guests.lists.look(ctx, token),
      most: guests.lists.MOST,
    };
  });

const site = (ctx: Parameters<typeof allow>[0]) => allow(ctx, 'site.administer');
const at = (token: string) => `/admin/guests/import?list=${token}`;
const tokenIn = (url: URL) => url.searchParams.get('list') ?? '';

export const actions = {
  read: form(
    readImport,
    async (ctx, { csv, file: [file], space }) =>
      at(
        await guests.lists.read(ctx, {
          csv,
          space,
          file: file ? new Uint8Array(await file.arrayBuffer()) : null,
        }),
      ),
    site,
  ),
  mend: form(
    mendImport,
    async (ctx, typed, { url }) => at(await guests.lists.mend(ctx, tokenIn(url), mended(typed))),
    site,
  ),
  send: form(
    mendImport,
    async (ctx, typed, { url }) => at(await guests.lists.send(ctx, tokenIn(url), mended(typed))),
    site,
  ),
};

/** A line is what its fields have at the same place. */
const mended = ({
  n,
  email,
  space,
  language,
  message,
  leave,
}: Record<'n' | 'leave', number[]> & Record<'email' | 'space' | 'language' | 'message', string[]>) =>
  n.map((number, i) => ({
    n: number,
    email: email[i] ?? '',
    space: space[i] ?? '',
    language: language[i] ?? '',
    message: message[i] ?? '',
    leave: leave.includes(number),
  }));
