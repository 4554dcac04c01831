export interface SampleData {
  site: string;
  space: string;
  inviter: string;
  subject: string | null;
  message: string | null;
  email: string;
  password: string;
  timeZone: string;
  threadTitle: string;
  comment: string;
}

const ordinary: SampleData = {
  site: 'Foyer',
  space: 'Harbour Bridge',
  inviter: 'Ava Lindqvist',
  subject: null,
  message: null,
  email: 'gil@partner.example',
  password: 'quiet-arches-7',
  timeZone: 'Europe/Berlin',
  threadTitle: 'Where the second pile goes',
  comment:
    'Hello @Gil Moreau,\n\nthe survey says that the **second pile** can stand three metres further north. Can you live with that?\n\n- the crane reaches it\n- the ferry does not',
};

/** Ordinary data, and data that has broken mails elsewhere. */
export const sampleData: Record<string, SampleData> = {
  ordinary,
  long: {
    ...ordinary,
    site: 'The Extraordinarily Long-Winded Association of Harbour and Bridge Builders',
    space: 'Superstructurewithoutanyspaceswhatsoever'.repeat(3).slice(0, 128),
    inviter: 'Maximiliana Alexandrina von und zu Hohenstein-Wolkenburg der Älteren',
    subject: 'A subject that does not want to end, and goes on, and on '.repeat(4).trim(),
    message: `${'A paragraph that goes on and on. '.repeat(40)}\n\n${'x'.repeat(400)}`,
    email: `${'a'.repeat(60)}@${'sub.'.repeat(40)}partner.example`,
    password: 'p1 '.repeat(20).trim(),
    threadTitle: 'A title that does not want to end, and goes on, and on '.repeat(4).trim(),
    comment: `${'A paragraph that goes on and on. '.repeat(40)}\n\n${'x'.repeat(400)}`,
  },
  markup: {
    ...ordinary,
    site: `<b>Foyer</b> & "Sons" 'Ltd' \`=/`,
    space: '<script>alert(1)</script>',
    inviter: '"><img src=x onerror=alert(1)>',
    subject: 'Look: <script>alert(2)</script> & </title></style>',
    message: '<a href="https://evil.example">click</a>\n\n{{mustache}} {space} </p></td></table><!-- ',
    password: `<i>"a1'&\`=</i>`,
    threadTitle: '</h2><script>alert(3)</script>',
    comment: '<img src=x onerror=alert(4)> & <b>bold</b> [x](javascript:alert(5)) </td></table>',
  },
  'header-injection': {
    ...ordinary,
    site: 'Foyer\r\nBcc: everybody@evil.example',
    space: 'Bridge\u2028X-Evil: 1\u0085\u0000\u001b[31m',
    inviter: 'Eve" <eve@evil.example>\r\n\r\nbody',
    subject: 'Hello\r\nBcc: everybody@evil.example\r\n\r\nAnother body\u2029',
    message: 'One\r\nTwo\r\n\r\n.\r\nQUIT\u0000\u0007',
    password: 'a1\tb',
    threadTitle: 'Piles\r\nBcc: everybody@evil.example\r\n\r\nbody',
    comment: 'One\r\n.\r\nQUIT\u0000\u0007\u2028Two',
  },
  numbers: {
    ...ordinary,
    site: 'Foyer 424242',
    space: '123456',
    inviter: 'Agent 654321',
    subject: 'Order 123456',
    message: 'Your order 123456 and 1234567 and #000000.\n999999',
    threadTitle: '424242',
    comment: 'It is 135790, or see https://partner.example/orders/246802?n=135790.\n864209',
  },
  'right-to-left': {
    ...ordinary,
    site: 'رواق',
    space: 'جسر الميناء \u202eevil\u202c',
    inviter: 'ليلى حدّاد',
    subject: 'دعوة إلى «جسر الميناء»',
    message: 'مرحبًا،\n\nأودّ أن أعمل معك هنا.\n\nשלום גם מכאן',
    timeZone: 'Asia/Riyadh',
  },
  emoji: {
    ...ordinary,
    site: '🏛️ Foyer',
    space: '👩‍👩‍👧‍👦🌉 Brücke \ud800',
    inviter: 'Zoë 🇯🇵',
    subject: '🎉🎉🎉',
    message: '👋🏽\n\n🌊🌊🌊',
    timeZone: 'Not/AZone',
  },
  japanese: {
    ...ordinary,
    site: '株式会社ほわいえ',
    space: '港の橋プロジェクト「第二期」',
    inviter: '長谷川 花子',
    subject: '【ご招待】港の橋プロジェクト',
    message: 'いつもお世話になっております。\n\nこちらで打ち合わせを進めさせてください。\n長谷川',
    email: 'rin@例え.example',
    timeZone: 'Asia/Tokyo',
  },
};
