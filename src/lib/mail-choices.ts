/** What people can choose to be mailed, and how the choice is stored. */
export const mailChoices = {
  soon: { mailAbout: 'all', digest: false },
  named: { mailAbout: 'mentions', digest: false },
  daily: { mailAbout: 'all', digest: true },
  /** Could be chosen before November 2026; offered to whoever did. */
  'daily-named': { mailAbout: 'mentions', digest: true },
  nothing: { mailAbout: 'nothing', digest: false },
} as const;

export type MailChoice = keyof typeof mailChoices;
export const mailChoiceList = Object.keys(mailChoices) as MailChoice[];

export const mailChoiceOf = ({ mailAbout, digest }: { mailAbout: string; digest: boolean }): MailChoice =>
  mailChoiceList.find((choice) => {
    const is = mailChoices[choice];
    return is.mailAbout === mailAbout && (is.digest === digest || mailAbout === 'nothing');
  })!;
