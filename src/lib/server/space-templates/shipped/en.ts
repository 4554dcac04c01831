import type { Dictionary } from './setups';

export default {
  'client-project': {
    name: 'Client project',
    description:
      'A project for a client, from kick-off to handover: who decides what, the weekly status, open questions, and what you’ve agreed.',
    announcement: `Welcome. This is where we run the project together. If it isn’t here, it hasn’t been agreed.

- **Goal:** _one sentence both sides would sign_
- **Next milestone:** _what, and when_
- **Who decides:** _name_ for you, _name_ for us
- **Our response time:** one working day`,
    threads: [
      {
        title: 'Start here: goal, roles, dates',
        body: `Let’s agree on the basics before we start. Please correct anything that isn’t right.

**Goal**
What will be different for your customers or colleagues when we’re done?

**In scope**
- …

**Not in scope**
- …

**Milestones**

| When | What | Who signs off |
| --- | --- | --- |
| | Kick-off | |
| | First version to try out | |
| | Acceptance | |
| | Handover | |`,
      },
      {
        title: 'Weekly status',
        body: `One comment a week, every _Thursday_, always with the same four points. It should take two minutes to read:

1. **Done** since last week
2. **Next**, by next week
3. **Blocked**, and by whom
4. **Dates and budget:** on track or not

If anything surprises you, reply here.`,
      },
      {
        title: 'Open questions',
        body: `One comment per question, addressed to one person, with the date we need an answer by. To answer, quote the question.

> **Example:** _Which of the two logins are we keeping? We need to know by the 14th, or testing slips by a week._`,
      },
      {
        title: 'Decisions',
        body: `Everything we’ve decided, one comment each, so nobody has to hunt for it later:

**What** was decided, **by whom**, **when**, and **why** in one sentence.

Anything that changes scope, dates or price is a decision too.`,
      },
    ],
    links: [],
  },
  'supplier-onboarding': {
    name: 'Supplier onboarding',
    description:
      'From first contact to first order: documents, contacts and questions from new suppliers. Suppliers can’t see each other.',
    announcement: `Welcome! Three steps, and we can order from you:

1. Send the **documents** on the list
2. Tell us who your **contacts** are
3. Confirm **ordering and invoicing**

Only we can read what you write here. Other suppliers can’t see you or your questions. If anything is unclear, start a thread.`,
    threads: [
      {
        title: 'Documents we need from you',
        body: `Please start a thread named after your company and attach:

☐ Company registration, no more than three months old
☐ Tax number or VAT ID
☐ Bank details on your letterhead, signed
☐ Current certificate of liability insurance
☐ Certificates relevant to your goods (quality, environment, safety)
☐ Our code of conduct, signed

We’ll check them within five working days and tell you in your thread if anything is missing.

**We never change bank details on the basis of a message alone.** If yours change, we’ll call you on the number we already have.`,
      },
      {
        title: 'Ordering and delivery',
        body: `How ordering works:

- Every order has a **number**. Please quote it on the confirmation, the delivery note and the invoice.
- Please **confirm** within two working days, with price and date.
- **Deliveries:** _weekdays, hours, gate_. Please book larger deliveries a day ahead.
- If you can’t keep a date, tell us here **as soon as you know**, not on the day.`,
      },
      {
        title: 'Invoices and payment',
        body: `- One invoice per order, as a PDF, to _address for invoices_
- Include our order number, delivery date, your tax number, bank details
- **Payment:** _30 days_ after we receive a complete invoice
- Questions about a payment? Ask in your own thread and quote the invoice number`,
      },
      {
        title: 'Who’s who',
        body: `Who to ask about what.

| For | Person | How to reach them |
| --- | --- | --- |
| Prices and contracts | | |
| Orders and dates | | |
| Quality and complaints | | |
| Invoices | | |

In your own thread, please name the same four people on your side, and someone to stand in for each.`,
      },
    ],
    links: [],
  },
  event: {
    name: 'Event',
    description:
      'A conference, trade fair or customer day with an agency, a venue and speakers: programme, running order, who brings what, and the review.',
    announcement: `**_Name of the event_**: _day, from–to_, _place_

- **Doors** open at _8:30_, set-up from _6:30_ through _gate_
- **On the day**, call _name, number_ about anything
- **Next deadline:** _what, by when_

Changes in the last 48 hours are posted here first.`,
    threads: [
      {
        title: 'Programme and speakers',
        body: `The programme so far. Anything not in bold can still change.

| Time | What | Who | Room | Needs |
| --- | --- | --- | --- | --- |
| 9:00 | Welcome | | | Microphone |
| 9:20 | | | | |
| 10:30 | Break | | | Coffee for … |

Speakers, please comment with your title, two sentences about the talk, two about you, a photo we can publish, and what you need on stage.`,
      },
      {
        title: 'Running order',
        body: `Who does what and when, from set-up to lights out. We’ll freeze the final version **two days before**.

| Time | What | Responsible | Where |
| --- | --- | --- | --- |
| 6:30 | Set-up, power, network | | |
| 7:45 | Sound check | | |
| 8:15 | Everyone in place | | |
| 8:30 | Doors | | |`,
      },
      {
        title: 'Venue and technology',
        body: `To agree with the venue:

☐ Floor plan, seating, step-free access
☐ Power, light, sound, recording
☐ Network: one for the stage, one for guests
☐ Deliveries: gate, lift, hours, parking
☐ Fire safety, first aid, insurance
☐ Who locks up`,
      },
      {
        title: 'Food and special requirements',
        body: `We give the kitchen final numbers **five working days before**. Please post here: how many people, diets and allergies, wheelchair access, sign language, a quiet room, a place to pray or to feed a child.`,
      },
      {
        title: 'Afterwards: what did we learn?',
        body: `Within a week, while we still remember. One comment each:

- What do we do **again**?
- What do we do **differently**?
- What had **nobody** thought of?`,
      },
    ],
    links: [],
  },
  recruiting: {
    name: 'Recruiting agency',
    description:
      'Hiring with an agency: the profile, candidates with quick feedback, interviews and offers. Use one space per agency.',
    announcement: `Thank you for helping us hire. Here’s what you can count on:

- **Feedback on every profile within two working days**
- Interviews within a week after that
- A reason for every no

Please present candidates **only here**, never by e-mail, and only with their consent. When a process ends, we delete the documents.`,
    threads: [
      {
        title: 'The position and who we’re looking for',
        body: `**Position:**
**Team and place:** _who leads it, how many people, how much remote work_
**Start:** · **Salary range:** · **Contract:**

**What this person will have achieved after a year**
1. …
2. …

**Must have** (three, not ten)
- …

**Nice to have**
- …

**Why someone good should join us**
- …`,
      },
      {
        title: 'How to present a candidate',
        body: `One thread per candidate, with **initials and position** as its title:

1. Why this person, in three sentences
2. Résumé (PDF), without a photo or date of birth
3. Notice period and salary expectations
4. Confirmation that the person **has agreed** to be presented to us, and when

We’ll reply in the thread: an interview, a question, or a no with a reason.`,
      },
      {
        title: 'Interviews: dates and steps',
        body: `Our steps: **call** (30 min) → **team interview** (90 min, with a task from our work) → **meeting the head of the team** (45 min). Three weeks from first to last.

Times we keep free: _Tuesday and Thursday afternoons_. Please suggest two.`,
      },
      {
        title: 'Status every Friday',
        body: `One comment a week:

| Position | Presented | In interviews | Offer | Comment |
| --- | --- | --- | --- | --- |
| | | | | |

What are candidates saying about us? Please be frank.`,
      },
    ],
    links: [],
  },
  'design-review': {
    name: 'Design review',
    description:
      'Drafts from a studio, with feedback that helps: the brief, one thread per round, what’s approved, and the final files.',
    announcement: `Good feedback says **what doesn’t work and for whom**. How to solve it is up to the designers.

- **Round 1** opens _date_, feedback by _date_
- _Name_ collects our feedback and has the last word
- What’s in “Approved” isn’t up for discussion again`,
    threads: [
      {
        title: 'The brief',
        body: `**What is it**, and where will people come across it?
**Who is it for?** _One person, described so well you’d recognise them_
**What should they think, feel, do?**
**What has to be on it** (texts, logos, legal notices)
**What mustn’t be**
**Examples** we like, and why
**Delivery dates and formats**`,
      },
      {
        title: 'Round 1: directions',
        body: `The studio shows two or three directions, with a sentence about the idea behind each.

Before any details, please answer these for each one:

1. Would your customer remember it tomorrow?
2. What does it promise, and can we keep that promise?
3. What would stop you from choosing it?

Colours and commas come in round 2.`,
      },
      {
        title: 'Round 2: refinement',
        body: `One direction, worked out. Please number your comments and say **where** (page, screen) and how much each one matters:

- **A** must change before we can publish
- **B** would make it better
- **C** is a matter of taste

If we disagree among ourselves, _name_ settles it before the studio reads it.`,
      },
      {
        title: 'Approved, and final files',
        body: `What’s approved, one comment each: **what**, **version**, **by whom**, **when**.

Final files, with fonts and licences listed:

☐ Print (PDF/X), with bleed
☐ Screen (SVG, PNG, WebP), light and dark
☐ Source files
☐ Rights: where, how long, in which countries`,
      },
    ],
    links: [],
  },
  'support-desk': {
    name: 'Support desk',
    description:
      'Help for one customer: how to report a problem so it’s solved fast, known issues, maintenance dates and wishes.',
    announcement: `**All systems are running.** _Last updated: date_

| Urgency | What it means | We reply within |
| --- | --- | --- |
| 1 | Nobody can work | 1 hour, day or night |
| 2 | Something important isn’t working | 4 working hours |
| 3 | A question or a minor fault | 2 working days |

For urgency 1, please **call** _number_ as well.`,
    threads: [
      {
        title: 'How to report a problem',
        body: `Please start **one thread per problem**. Put the urgency and the problem in the title, such as “2: invoices don’t print”. In the text, tell us:

1. What did you do, step by step?
2. What did you expect, and what happened instead? (the exact message, a screenshot)
3. Since when, and for whom: everyone or one person?
4. What is it holding up?

Please **don’t post passwords or your customers’ personal data**, in texts or in pictures. We’ll close the thread when you tell us it works.`,
      },
      {
        title: 'Known issues',
        body: `Problems we know about, and how to get by until they’re fixed. Please check here first.

| Issue | Since | Workaround | Fixed by |
| --- | --- | --- | --- |
| | | | |`,
      },
      {
        title: 'Maintenance and releases',
        body: `Planned downtime, announced at least **five working days ahead**, and what’s new in each version. Follow this thread so nothing takes you by surprise.`,
      },
      {
        title: 'Wishes',
        body: `What would make your work easier? Tell us **what you want to achieve** and how often it comes up, and we’ll think about how. Once a quarter we answer every wish: yes and when, not now, or no and why.`,
      },
    ],
    links: [],
  },
  board: {
    name: 'Board and advisors',
    description:
      'Meetings of a supervisory or advisory board: papers ahead of time, questions before the meeting, minutes, decisions and who follows up.',
    announcement: `**Next meeting:** _date, time, place_

- Papers: **seven days before**, in the meeting’s thread
- Questions: there, until **two days before**
- Minutes: within **five days**, objections within two weeks

Everything here is confidential. Please read it here and don’t pass it on.`,
    threads: [
      {
        title: 'Meeting: agenda and papers',
        body: `_Copy this for each meeting and use the date as the title._

| | Item | Who | Minutes | Decide, discuss or note? |
| --- | --- | --- | --- | --- |
| 1 | Minutes of the last meeting, actions | | 5 | decide |
| 2 | Figures and outlook | | 20 | note |
| 3 | | | | |
| 4 | Without management | | 15 | |

Every paper starts with one page: what it’s about, what we propose, and the arguments against it.`,
      },
      {
        title: 'Decisions and actions',
        body: `One comment each: **number, date, wording, how the vote went**. For actions: **who**, **by when**, and whether it’s done. Open actions are the first item of the next meeting.`,
      },
      {
        title: 'Figures between the meetings',
        body: `By the 15th of each month, on one page: revenue, profit, cash and how long it will last, orders and headcount. Compare each with the plan and last year, and add a sentence on what’s behind it.`,
      },
      {
        title: 'Conflicts of interest',
        body: `If you have an interest in a matter, say so here before we discuss it: what it is, since when, and whether you’ll leave the room. If in doubt, say so.`,
      },
    ],
    links: [],
  },
  'due-diligence': {
    name: 'Due diligence',
    description:
      'Questions and documents for a sale or financing, with several parties who can’t see each other. A list, rules, and answers on record.',
    announcement: `This room is open until _date, time_.

- Questions: **one thread each**, numbered, in the order of the list
- We answer within _three_ working days. Answers that concern everyone are added to the documents for everyone
- You see us and your own questions, **not the other parties**

Everything here is covered by the confidentiality agreement dated _date_.`,
    threads: [
      {
        title: 'Rules of this room',
        body: `1. **Who:** only the people named in the agreement. Tell us when someone leaves your team.
2. **Questions:** up to _20_ a week, to the point, with the document they refer to.
3. **Answers** are binding only if they’re repeated in the contract.
4. **No contact** with employees, customers or suppliers outside this room.
5. **At the end**, access closes. Please destroy what you’ve downloaded and confirm that you have.`,
      },
      {
        title: 'Index of documents',
        body: `All documents by area, and the date they were current. Please quote the number in your questions.

| No. | Area | What | As of |
| --- | --- | --- | --- |
| 1 | Corporate | Articles, register, shareholders, minutes | |
| 2 | Finance | Three years of accounts, monthly figures, plan, debts | |
| 3 | Tax | Returns, audits, open points | |
| 4 | Contracts | Customers, suppliers, leases, licences | |
| 5 | People | Structure, contracts, pensions | |
| 6 | Technology and IP | Patents, trademarks, software, data protection | |
| 7 | Disputes and insurance | | |

Each area has a thread with its files. New documents are noted there.`,
      },
      {
        title: 'Timetable',
        body: `The dates of this process. If one changes, everyone is told here at the same time.

| By | Step |
| --- | --- |
| | Room opens |
| | Last questions |
| | Meetings with management |
| | Binding offer |
| | Signing |`,
      },
      {
        title: 'New documents and general answers',
        body: `What’s been added, and answers that are useful to everyone, without saying who asked. Follow this thread.`,
      },
    ],
    links: [],
  },
  works: {
    name: 'Works on site',
    description:
      'Building or refitting with contractors and planners: safety first, current drawings, the week ahead, defects and acceptance.',
    announcement: `**Site:** _address_, gate _B_ · working hours _7:00–17:00_

- **Site manager:** _name, number_ · **Emergency:** 112, then the site manager
- Nobody works here without the **safety briefing**
- **Drawings:** only those in the thread “Current drawings” are valid
- **Site meeting:** _Tuesday 8:00_, site office`,
    threads: [
      {
        title: 'Safety and site rules',
        body: `- Helmet, safety shoes and vest: always, for everyone, visitors included
- **Hot work** only with a permit, and a fire watch for an hour afterwards
- Keep exits clear. Only the scaffolders change scaffolding
- Report accidents **and near misses** right away, in this thread too

Please confirm in a comment: your company, who’s in charge on site, your first aiders, and the date of the briefing.`,
      },
      {
        title: 'Current drawings',
        body: `Build only from the drawings listed here. A new revision replaces the one before.

| Sheet | What | Revision | Date |
| --- | --- | --- | --- |
| | | | |

Every change gets a number, with its reason, cost and time, and is approved by _name_ **before** it’s carried out.`,
      },
      {
        title: 'The week ahead',
        body: `Every Thursday, each contractor posts for the coming week: **where**, **how many people**, **what you need from others**, **deliveries** (day, time, crane, space). We sort out clashes on Friday.`,
      },
      {
        title: 'Defects',
        body: `One comment each: **number, place, photo, which contractor, by when**. Reply with a photo of the same spot when it’s fixed. The site manager signs it off.`,
      },
      {
        title: 'Acceptance and handover',
        body: `☐ Inspection of each room, with a list
☐ Test and measurement records
☐ As-built drawings
☐ Manuals, maintenance contracts, spare parts
☐ Keys, meters, final cleaning
☐ Start and end of the warranty`,
      },
    ],
    links: [],
  },
} satisfies Dictionary;
