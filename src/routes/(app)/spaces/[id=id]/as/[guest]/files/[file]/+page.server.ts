import * as files from '$lib/server/files';
import { showAs } from '$lib/server/http';

export const load = (event) =>
  showAs(event, async (ctx, spaceId) => ({
    ...(await files.versions(ctx, spaceId, event.params.file, event.url.searchParams.get('after'))),
    requestKey: '',
    saved: false,
  }));
