import { encodeBase64 } from '@oslojs/encoding';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as, testContext } from '../../../../tests/contexts';
import { makeAdministrator, makeSpace, makeUser, someEmail } from '../../../../tests/factories';
import { audited, refusal } from '../../../../tests/helpers';
import { invite, invitationOf } from '../../../../tests/invitations';
import * as invitations from '../invitations';
import * as outbox from '../mail/outbox';
import * as notifications from '../notifications';
import { mail, webhookKey } from '../schema';
import * as mailLog from './index';

let keys: CryptoKeyPair;
beforeAll(async () => {
  keys = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  const spki = new Uint8Array((await crypto.subtle.exportKey('spki', keys.publicKey)) as ArrayBuffer);
  const ctx = testContext();
  await ctx.db.insert(webhookKey).values({ id: 'mckey', key: encodeBase64(spki), fetchedAt: ctx.now });
});

const bytes = (text: string) => new TextEncoder().encode(text);

async function signed(text: string, { created = Date.now(), keyid = 'mckey' } = {}) {
  const digest = `sha-256=:${encodeBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))))}:`;
  const params = `("content-digest");created=${Math.floor(created / 1000)};alg="ed25519";keyid="${keyid}"`;
  const base = `"content-digest": ${digest}\n"@signature-params": ${params}`;
  const signature = encodeBase64(
    new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, bytes(base))),
  );
  return new Headers({
    'content-digest': digest,
    'signature-input': `sig_1=${params}`,
    signature: `sig_1=:${signature}:`,
  });
}
const receive = async (text: string, headers?: Headers) =>
  mailLog.receive(testContext(), headers ?? (await signed(text)), bytes(text));

async function invited() {
  const ava = await makeUser();
  const spaceId = await makeSpace(ava);
  const email = someEmail('invited');
  await invite(ava, spaceId, email);
  const invitation = await invitationOf(email, spaceId);
  const [sent] = await testContext().db.select().from(mail).where(eq(mail.invitationId, invitation.id));
  return { ava, spaceId, email, invitation, id: sent!.id };
}
const rowOf = async (id: string) => (await testContext().db.select().from(mail).where(eq(mail.id, id)))[0]!;
const back = (id: string) => ({ event: 'hard-bounced', campaign_id: id, reason: '550 no such user' });
const arrived = (id: string) => ({ event: 'delivered', campaign_id: id, reason: '' });

describe('a report of the mail service', () => {
  it('is taken if it is signed, and refused if anything of it is changed, old, or by another key', async () => {
    const { id } = await invited();
    const text = JSON.stringify([
      { ...arrived(id), email: 'x@y.example', timestamp: 1, customer_handle: 'c' },
    ]);
    const headers = await signed(text);
    const forged: [string, Headers][] = [
      [text + ' ', headers],
      [text, new Headers()],
      [text, await signed(text, { created: Date.now() - 6 * 60_000 })],
      [text, await signed(text, { created: Date.now() + 6 * 60_000 })],
      [text, await signed(text, { keyid: 'other' })],
    ];
    for (const name of ['content-digest', 'signature-input', 'signature']) {
      const changed = new Headers(headers);
      changed.set(name, headers.get(name)!.replace(/[a-m]/, 'z'));
      forged.push([text, changed]);
    }
    for (const [body, with_] of forged)
      await expect(receive(body, with_)).rejects.toMatchObject(refusal('forbidden'));
    expect((await rowOf(id)).deliveredAt).toBeNull();
    await receive(text, headers);
    expect((await rowOf(id)).deliveredAt).not.toBeNull();
    for (const wrong of ['{}', 'no json', '[{"event":1}]'])
      await expect(receive(wrong)).rejects.toMatchObject(refusal('invalid'));
    await receive('[{"event":"test","request_id":"r"}]');
  });

  describe('by a key that is not known yet', () => {
    const spki = async () =>
      encodeBase64(new Uint8Array((await crypto.subtle.exportKey('spki', keys.publicKey)) as ArrayBuffer));
    const config = (more: object = {}) =>
      ({ mail: { transport: 'mailchannels', domain: 'foyer.example', apiKey: 'k', ...more } }) as never;
    const text = '[{"event":"test"}]';
    const post = async (keyid: string, ip: string, now = Date.now()) =>
      mailLog.receive(
        testContext({ ip, now, config: config() }),
        await signed(text, { keyid, created: now }),
        bytes(text),
      );
    async function asking(act: (asked: string[]) => Promise<void>): Promise<void> {
      const [real, asked, key] = [globalThis.fetch, [] as string[], await spki()];
      globalThis.fetch = ((url: URL) => {
        const id = url.searchParams.get('id')!;
        asked.push(id);
        return Promise.resolve(
          id === 'newkey' ? Response.json({ id, key }) : new Response('', { status: 404 }),
        );
      }) as never;
      try {
        await act(asked);
      } finally {
        globalThis.fetch = real;
      }
    }

    it('is taken once that is learned, however many keys a stranger makes up', async () => {
      await asking(async (asked) => {
        for (let i = 0; i < 30; i++)
          await expect(post(`junk${i}`, '198.51.100.1')).rejects.toMatchObject(refusal('forbidden'));
        expect(asked).toHaveLength(5);
        for (let i = 0; i < 10; i++)
          await expect(post('same', `198.51.100.${i + 10}`)).rejects.toMatchObject(refusal('forbidden'));
        expect(asked).toHaveLength(7);
        await post('newkey', '203.0.113.1');
        await post('newkey', '198.51.100.1');
        expect(asked).toHaveLength(8);
      });
    });

    it('of another customer changes nothing, if the site knows who it is itself', async () => {
      const { id } = await invited();
      const of = async (customer_handle: string) => {
        const said = JSON.stringify([{ ...arrived(id), customer_handle }]);
        const ctx = testContext({ config: config({ customerHandle: 'ours' }) });
        await mailLog.receive(ctx, await signed(said), bytes(said));
        return (await rowOf(id)).deliveredAt;
      };
      expect(await of('theirs')).toBeNull();
      expect(await of('ours')).not.toBeNull();
    });
  });

  it('of a mail that came back is told to the inviter once, however often and in whatever order', async () => {
    const lists = [
      [back, arrived],
      [arrived, back],
    ];
    for (const order of lists) {
      const { ava, spaceId, email, invitation, id } = await invited();
      for (const one of order) await mailLog.apply(testContext(), [one(id)]);
      await Promise.all(
        Array.from({ length: 20 }, () => mailLog.apply(testContext(), [back(id), arrived(id)])),
      );
      expect(await rowOf(id)).toMatchObject({
        status: 'failed',
        failure: 'bounced',
        deliveredAt: null,
        sealed: null,
      });
      expect(await audited('invitation.bounced', invitation.id)).toHaveLength(1);
      expect((await notifications.list(as(ava), { show: 'all' })).items).toMatchObject([
        { kind: 'bounce', actor: email },
      ]);
      const mails = await testContext().db.select().from(mail).where(eq(mail.userId, ava.id));
      expect(mails.map((one) => one.kind)).toEqual(['invite-over']);
      expect((await invitations.guestsTab(as(ava), spaceId)).rows).toMatchObject([
        {
          status: 'invited',
          delivery: { state: 'failed', failure: 'mail.failure.bounced', detail: '550 no such user' },
        },
      ]);
    }
  });

  it('says that an invitation was delivered', async () => {
    const { ava, spaceId, id } = await invited();
    await mailLog.apply(testContext(), [arrived(id)]);
    expect((await invitations.guestsTab(as(ava), spaceId)).rows).toMatchObject([
      { delivery: { state: 'delivered' } },
    ]);
  });

  it('settles a mail whose outcome was unknown: it is not sent again', async () => {
    const ctx = testContext();
    const message = { kind: 'test', siteName: 'Foyer', url: 'http://localhost/' } as const;
    const { id, statement } = await outbox.queue(ctx, {
      to: 'a@b.example',
      locale: 'en',
      message,
      nudge: false,
    });
    await ctx.commit([statement]);
    await ctx.db.update(mail).set({ unknowns: 1, failure: 'unknown-outcome' }).where(eq(mail.id, id));
    await mailLog.apply(testContext(), [arrived(id)]);
    expect(await outbox.deliver(testContext(), id)).toBe('sent');
    expect(await rowOf(id)).toMatchObject({ attempts: 0, sealed: null });
  });

  it('of any other mail shows on “Mail” alone, and of none of ours changes nothing', async () => {
    const ava = await makeAdministrator();
    const id = await mailLog.sendTest(as(ava));
    await mailLog.apply(testContext(), [back(id), back('a'.repeat(16)), back('x')]);
    expect((await mailLog.overview(as(ava), { kind: 'test' })).rows).toMatchObject([
      { id, reason: 'mail.failure.bounced', again: null },
    ]);
    expect((await notifications.list(as(ava), { show: 'all' })).items).toEqual([]);
  });
});
