import { expect, it } from 'vitest';
import { deviceOf } from './devices';

it.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    { browser: 'Edge', system: 'Windows' },
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) CriOS/140.0 Mobile Safari/604',
    { browser: 'Chrome', system: 'iPhone' },
  ],
  [
    'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
    { browser: 'Chrome', system: 'Android' },
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 (KHTML, like Gecko) Version/19.0 Safari/605',
    { browser: 'Safari', system: 'macOS' },
  ],
  ['curl/8.0', { browser: undefined, system: undefined }],
])(
  'a device is named by what its owner calls it, not by what its browser claims to be: %s',
  (agent, device) => {
    expect(deviceOf(agent)).toEqual(device);
  },
);
