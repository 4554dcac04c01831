import { describe, expect, it } from 'vitest';
import { limitsOfImport, readUsers } from './user-list';

const short = (text: string) =>
  readUsers(text).map(({ name, address, role, wrong }) => wrong ?? [name, address!.email, role]);

describe('a list of users', () => {
  it.each<[string, string, unknown[]]>([
    [
      'comma, in order',
      'Ben Kowalski, ben@foyer.example, creator',
      [['Ben Kowalski', 'ben@foyer.example', 'creator']],
    ],
    [
      'semicolons and tabs',
      'Ben;ben@foyer.example\nCho\tcho@foyer.example\tadmin',
      [
        ['Ben', 'ben@foyer.example', 'user'],
        ['Cho', 'cho@foyer.example', 'administrator'],
      ],
    ],
    [
      'a heading says the order',
      'Role,E-Mail,Name\r\nAdministrator,ava@foyer.example,"Ava, A."\r\n',
      [['Ava, A.', 'ava@foyer.example', 'administrator']],
    ],
    ['only an address', '\n ben@foyer.example \n\n', [['', 'ben@foyer.example', 'user']]],
    ['quotation marks', '"Ben ""B"" K",ben@foyer.example', [['Ben "B" K', 'ben@foyer.example', 'user']]],
    [
      'Japanese',
      '名前,メールアドレス,役割\n山田太郎,taro@foyer.example,管理者',
      [['山田太郎', 'taro@foyer.example', 'administrator']],
    ],
    ['no address', 'Ben, ben at foyer', ['address.malformed']],
    ['an unknown role', 'Ben,ben@foyer.example,boss', ['users.import-role-unknown']],
    ['an unknown role below a heading', 'email,role\nben@foyer.example,boss', ['users.import-role-unknown']],
    ['a name without an end', `${'x'.repeat(101)},ben@foyer.example`, ['users.import-name-long']],
    [
      'a quotation mark that nobody closes',
      '"Ben,ben@foyer.example\nCho,cho@foyer.example',
      ['address.malformed', ['Cho', 'cho@foyer.example', 'user']],
    ],
  ])('%s', (_what, text, rows) => expect(short(text)).toEqual(rows));

  it('keeps each line as it was typed, to be mended', () =>
    expect(readUsers('a,b\n"c d",e@f.example')).toMatchObject([
      { line: 1, typed: 'a,b' },
      { line: 2, typed: '"c d",e@f.example' },
    ]));

  it('is read as far as is taken at once, and one more', () =>
    expect(readUsers('a@b.example\n'.repeat(5_000))).toHaveLength(limitsOfImport.rows + 1));
});
