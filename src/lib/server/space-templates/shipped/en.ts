import type { Dictionary } from './setups';

export default {
  'client-project': {
    name: 'Client project',
    description:
      'A project for a client, from kick-off to hand-over: who decides what, the weekly status, what is still open, and what was agreed.',
    announcement: `Welcome. This is where we run the project together; what is not here has not been agreed.

- **Goal:** _one sentence that both sides would sign_
- **Next milestone:** _what, and when_
- **Who decides:** _name_ for you, _name_ for us
- **We answer** within one working day`,
    threads: [
      {
        title: 'Start here: goal, roles, dates',
        body: `Let us agree on the frame before we begin. Please correct anything that is not right.

**Goal**
What is different for your customers or colleagues when we are done?

**In scope**
- …

**Not in scope**
- …

**Milestones**

| When | What | Who signs off |
| --- | --- | --- |
| | Kick-off | |
| | First version to try | |
| | Acceptance | |
| | Hand-over | |`,
      },
      {
        title: 'Weekly status',
        body: `One comment a week, every _Thursday_, in the same four lines, so that it takes two minutes to read:

1. **Done** since last week
2. **Next** until next week
3. **Blocked**, and by whom
4. **Dates and budget:** as planned, or not

Please answer here when a line surprises you.`,
      },
      {
        title: 'Open questions',
        body: `One comment for each question, addressed to one person, with the date by which we need to know. Whoever answers replies to the comment.

> **Example:** _Which of the two logins stays? We need to know by the 14th, else the test moves by a week._`,
      },
      {
        title: 'Decisions',
        body: `Everything that was decided, one comment each, so that nobody has to look for it later:

**What** was decided, **by whom**, **when**, and **why** in one sentence.

What changes scope, date or price is a decision, too.`,
      },
    ],
    links: [],
  },
  'supplier-onboarding': {
    name: 'Supplier onboarding',
    description:
      'From first contact to first order: documents, contacts and questions of new suppliers. They do not see each other.',
    announcement: `Welcome as our supplier. Three steps, and we can order from you:

1. Send the **documents** on the list
2. Name your **contacts**
3. Confirm **ordering and invoicing**

Only we read what you write here: other suppliers neither see you nor your questions. If something is unclear, begin a thread of your own.`,
    threads: [
      {
        title: 'Documents we need from you',
        body: `Please begin a thread with the name of your company and attach:

☐ Extract from the commercial register, not older than three months
☐ Tax number or VAT ID
☐ Bank details on your letterhead, signed
☐ Liability insurance: current confirmation
☐ Certificates that matter for your goods (quality, environment, safety)
☐ Our code of conduct, signed

We check them within five working days and tell you there what is missing.

**We never change bank details on the strength of a message alone.** If yours change, we call you at the number we know.`,
      },
      {
        title: 'Ordering and delivery',
        body: `How an order goes with us:

- Every order has a **number**; please quote it on the confirmation, the delivery note and the invoice.
- Please **confirm** within two working days, with price and date.
- **Goods in:** _weekdays, hours, gate_. Larger deliveries are booked a day ahead.
- A date that cannot be kept: tell us **as soon as you know**, here, not on the day.`,
      },
      {
        title: 'Invoices and payment',
        body: `- One invoice for each order, as PDF, to _address for invoices_
- On it: our order number, delivery date, your tax number, bank details
- **Payment:** _30 days_ after receipt of a complete invoice
- Questions about a payment: in your own thread, with the invoice number`,
      },
      {
        title: 'Who is who',
        body: `Whom to ask for what, so that nothing is passed around.

| For | Person | How to reach them |
| --- | --- | --- |
| Prices and contracts | | |
| Orders and dates | | |
| Quality and complaints | | |
| Invoices | | |

Please name the same four on your side in your own thread, and a deputy for each.`,
      },
    ],
    links: [],
  },
  event: {
    name: 'Event',
    description:
      'A conference, fair or customer day with agency, venue and speakers: programme, run of the day, who brings what, and the review.',
    announcement: `**_Name of the event_**: _day, from–to_, _place_

- **Doors** open at _8:30_, set-up from _6:30_ through _gate_
- **On the day** call _name, number_, for everything
- **Next deadline:** _what, by when_

What changes in the last 48 hours stands here first.`,
    threads: [
      {
        title: 'Programme and speakers',
        body: `The programme as it stands; what is not in bold can still change.

| Time | What | Who | Room | Needs |
| --- | --- | --- | --- | --- |
| 9:00 | Welcome | | | Microphone |
| 9:20 | | | | |
| 10:30 | Break | | | Coffee for … |

Speakers, please comment with: title, two sentences about the talk, two about you, a photo we may publish, and what you need on stage.`,
      },
      {
        title: 'Run of the day',
        body: `From the first truck to the last light: who does what, minute by minute. The final version is frozen **two days before**.

| Time | What | Responsible | Where |
| --- | --- | --- | --- |
| 6:30 | Set-up, power, network | | |
| 7:45 | Sound check | | |
| 8:15 | Everybody at their place | | |
| 8:30 | Doors | | |`,
      },
      {
        title: 'Venue and technology',
        body: `To settle with the house:

☐ Plan of the rooms, seating, step-free ways
☐ Power, light, sound, recording
☐ Network: own for the stage, another for guests
☐ Deliveries: gate, lift, hours, parking
☐ Fire safety, first aid, insurance
☐ Who locks up`,
      },
      {
        title: 'Food and guests with needs',
        body: `Numbers go to the kitchen **five working days before**. Please collect here: how many, who eats what, allergies, wheelchair, sign language, a quiet room, a place to pray or to feed a child.`,
      },
      {
        title: 'Afterwards: what we learned',
        body: `Within a week, while we still remember. Each one comment:

- What do we do **again**?
- What do we do **differently**?
- What was it that **nobody** had thought of?`,
      },
    ],
    links: [],
  },
  recruiting: {
    name: 'Recruiting agency',
    description:
      'Filling positions with an agency: the profile, candidates with quick feedback, interviews and offers. One space for each agency.',
    announcement: `Thank you for looking with us. What you can count on:

- **Feedback on every profile within two working days**
- Interviews within a week after it
- Every no comes with a reason

Please present candidates **only here**, never by mail, and only those who have agreed to it. When a process ends, we delete the documents.`,
    threads: [
      {
        title: 'The position and whom we look for',
        body: `**Position:**
**Team and place:** _who leads it, how many people, how much from home_
**Start:** · **Salary range:** · **Contract:**

**What this person has achieved after a year**
1. …
2. …

**Must have** (three, not ten)
- …

**Nice to have**
- …

**Why somebody good should come to us**
- …`,
      },
      {
        title: 'How to present a candidate',
        body: `One thread for each candidate, **initials and position** as its title, with:

1. Why this person, in three sentences
2. Résumé (PDF), without photo and date of birth
3. Notice period and salary expectation
4. That the person **has agreed** to be presented to us, and when

We answer in the thread: interview, question, or no with a reason.`,
      },
      {
        title: 'Interviews: dates and steps',
        body: `Our steps: **call** (30 min) → **team interview** (90 min, with a task from our work) → **meeting the head** (45 min). Three weeks from the first to the last.

Times that we keep free: _Tuesday and Thursday afternoon_. Please propose two of them.`,
      },
      {
        title: 'Status every Friday',
        body: `One comment a week:

| Position | Presented | In interviews | Offer | Comment |
| --- | --- | --- | --- | --- |
| | | | | |

What do you hear from candidates about us? Unvarnished, please.`,
      },
    ],
    links: [],
  },
  'design-review': {
    name: 'Design review',
    description:
      'Drafts from a studio, with feedback that helps: the brief, one thread for each round, what is approved, and the final files.',
    announcement: `Good feedback says **what does not work and for whom**; how to solve it is the designers’ part.

- **Round 1** opens _date_, feedback until _date_
- _Name_ collects our feedback and has the last word
- What is in “Approved” is not discussed again`,
    threads: [
      {
        title: 'The brief',
        body: `**What** is it, and where will people meet it?
**For whom?** _One person, described so that one would recognise them_
**What should they think, feel, do?**
**What must be on it** (texts, logos, legal lines)
**What must not be**
**Examples** we like, each with the reason why
**Dates and formats** of delivery`,
      },
      {
        title: 'Round 1: directions',
        body: `The studio shows two or three directions, with a sentence on the idea behind each.

Please answer each of these, before any detail:

1. Which one would your customer remember tomorrow?
2. Which promise does it make? Can we keep it?
3. What would keep you from choosing it?

Colours and commas come in round 2.`,
      },
      {
        title: 'Round 2: refinement',
        body: `One direction, worked out. Please number your remarks, say **where** (page, screen) and how much it matters:

- **A** must change, else we cannot publish
- **B** would make it better
- **C** a matter of taste

Contradictions on our side are settled by _name_ before the studio reads them.`,
      },
      {
        title: 'Approved, and final files',
        body: `What is approved, one comment each: **what**, **version**, **by whom**, **when**.

Final files, with fonts and licences named:

☐ Print (PDF/X), with bleed
☐ Screen (SVG, PNG, WebP), light and dark
☐ Sources
☐ Rights: where, how long, in which countries`,
      },
    ],
    links: [],
  },
  'support-desk': {
    name: 'Support desk',
    description:
      'Help for one customer: how to report a fault so that it is solved fast, known issues, maintenance dates, wishes.',
    announcement: `**Everything runs.** _Last changed: date_

| Urgency | What it means | We answer within |
| --- | --- | --- |
| 1 | Nobody can work | 1 hour, at any time |
| 2 | Something important fails | 4 working hours |
| 3 | A question or blemish | 2 working days |

Urgency 1: please **call** _number_ as well.`,
    threads: [
      {
        title: 'How to report a fault',
        body: `Please begin **one thread for each fault**. Its title: urgency and what fails, such as “2: invoices are not printed”. In the text:

1. What did you do, step by step?
2. What did you expect, and what happened? (the exact message, a picture)
3. Since when, and for whom: everybody, or one person?
4. What does it hold up?

**No passwords and no personal data of your customers**, please: neither in texts nor in pictures. We close the thread when you say that it works.`,
      },
      {
        title: 'Known issues',
        body: `What we know about, and how to get along until it is mended. Please look here first.

| Issue | Since | Way around | Mended by |
| --- | --- | --- | --- |
| | | | |`,
      },
      {
        title: 'Maintenance and releases',
        body: `Planned interruptions, at least **five working days ahead**, and what is new in each version. Follow this thread, and you will not be surprised.`,
      },
      {
        title: 'Wishes',
        body: `What would make your work easier? Tell us **what you want to achieve** and how often it comes up; we think about how. Once a quarter we answer every wish: yes and when, not now, or no and why.`,
      },
    ],
    links: [],
  },
  board: {
    name: 'Board and advisors',
    description:
      'Meetings of a supervisory or advisory board: papers in time, questions before the meeting, minutes, decisions and who follows up.',
    announcement: `**Next meeting:** _date, time, place_

- Papers: **seven days before**, in the meeting’s thread
- Questions: there, until **two days before**
- Minutes: within **five days**; objections within two weeks

What is here is confidential. Please read it here rather than pass it on.`,
    threads: [
      {
        title: 'Meeting: agenda and papers',
        body: `_Copy this for each meeting; its title is the date._

| | Item | Who | Minutes | To decide, discuss, or know? |
| --- | --- | --- | --- | --- |
| 1 | Minutes of the last meeting, actions | | 5 | decide |
| 2 | Figures and outlook | | 20 | know |
| 3 | | | | |
| 4 | Without management | | 15 | |

Papers begin with one page: what it is about, what we propose, what speaks against it.`,
      },
      {
        title: 'Decisions and actions',
        body: `One comment for each: **number, date, wording, how the votes went**. For actions: **who**, **until when**, and done or not. The open ones are the first item of the next meeting.`,
      },
      {
        title: 'Figures between the meetings',
        body: `By the 15th of each month, on one page: revenue, result, cash and how long it lasts, orders, people; each against plan and last year, with one sentence on what is behind it.`,
      },
      {
        title: 'Conflicts of interest',
        body: `Whoever is close to a matter says so here, before it is discussed: what it is, since when, and whether you leave the room for it. When in doubt: say it.`,
      },
    ],
    links: [],
  },
  'due-diligence': {
    name: 'Due diligence',
    description:
      'Questions and documents for a sale or financing, with several parties who do not see each other. A list, rules, and answers that last.',
    announcement: `This room is open until _date, time_.

- Questions: **one thread each**, numbered, in the order of the list
- Answers within _three_ working days; what concerns everybody is added to the documents for everybody
- You see the company and your own questions, **not the other parties**

Everything here is subject to the confidentiality agreement of _date_.`,
    threads: [
      {
        title: 'Rules of this room',
        body: `1. **Who:** only the persons named in the agreement; tell us when somebody leaves your team.
2. **Questions:** up to _20_ a week, to the point, with the document they refer to.
3. **Answers** are binding only as far as the contract repeats them.
4. **No contact** with employees, customers or suppliers outside this room.
5. **At the end** access closes; please destroy what you have downloaded and confirm it.`,
      },
      {
        title: 'Index of documents',
        body: `What there is, by area, and as of when. Please quote the number in your questions.

| No. | Area | What | As of |
| --- | --- | --- | --- |
| 1 | Corporate | Articles, register, shareholders, minutes | |
| 2 | Finance | Accounts of three years, monthly figures, plan, debts | |
| 3 | Tax | Returns, audits, open points | |
| 4 | Contracts | Customers, suppliers, leases, licences | |
| 5 | People | Structure, contracts, pensions | |
| 6 | Technology and rights | Patents, marks, software, data protection | |
| 7 | Disputes and insurance | | |

Each area gets a thread with its files. What is new is noted there.`,
      },
      {
        title: 'Timetable',
        body: `The dates of this process. Should one move, everybody is told here at the same time.

| Until | Step |
| --- | --- |
| | Room opens |
| | Last questions |
| | Meetings with management |
| | Binding offer |
| | Signing |`,
      },
      {
        title: 'New documents and general answers',
        body: `What has been added, and answers that are of use to everybody, without saying who asked. Follow this thread.`,
      },
    ],
    links: [],
  },
  works: {
    name: 'Works on site',
    description:
      'Building or refitting with trades and planners: safety first, drawings in force, the week ahead, defects and acceptance.',
    announcement: `**Site:** _address_, gate _B_ · working hours _7:00–17:00_

- **Site manager:** _name, number_ · **Emergency:** 112, then the site manager
- Nobody works here before the **safety briefing**
- **In force:** only the drawings in the thread “Drawings in force”
- **Site meeting:** _Tuesday 8:00_, container`,
    threads: [
      {
        title: 'Safety and house rules',
        body: `- Helmet, shoes, vest: always, everybody, visitors too
- **Hot work** only with a permit, and a watch for an hour afterwards
- Ways out stay free; scaffolds are changed by their builders alone
- Accidents **and near misses**: report at once, in this thread too

Please confirm by a comment: your company, who is in charge on site, first aiders, date of the briefing.`,
      },
      {
        title: 'Drawings in force',
        body: `Only what stands here may be built. A new revision replaces the one before.

| Sheet | What | Revision | Date |
| --- | --- | --- | --- |
| | | | |

Changes are numbered, with cause, cost and time, and released by _name_ **before** they are carried out.`,
      },
      {
        title: 'The week ahead',
        body: `Every Thursday each trade writes for the coming week: **where**, **how many people**, **what it needs from others**, **deliveries** (day, hour, crane, space). We settle collisions on Friday.`,
      },
      {
        title: 'Defects',
        body: `One comment for each: **number, place, photo, which trade, until when**. Done with a photo of the same spot; closed by the site manager.`,
      },
      {
        title: 'Acceptance and hand-over',
        body: `☐ Inspection of each room, with a list
☐ Tests and measurements: protocols
☐ As-built drawings
☐ Manuals, maintenance contracts, spare parts
☐ Keys, meters, final cleaning
☐ Begin and end of the warranty`,
      },
    ],
    links: [],
  },
} satisfies Dictionary;
