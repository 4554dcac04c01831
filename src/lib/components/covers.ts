/** The covers that ship with Foyer: static/covers/<name>.svg, our own generated art. */
import type { MessageKey } from '$lib/messages';

export const covers: { name: string; label: MessageKey }[] = [{ name: 'harbour', label: 'cover.harbour' }];
