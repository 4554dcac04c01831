import { expect, it } from 'vitest';
import { Jar, testContext } from '../../../tests/contexts';
import * as news from './news';

const at = (path: string) => new URL(path, 'http://localhost');
const visit = (own = new Jar()) => testContext({ jar: own });

it('a link that nobody posted a form for says nothing', () => {
  const shown = news.receive(visit(), at('/spaces/3?done=invited&sent=999&find=mia'), true);
  expect(shown.pathname + shown.search).toBe('/spaces/3?find=mia');
});

it('the page that a form leads to says it once, in the browser that posted it', () => {
  const own = new Jar();
  news.send(visit(own), '/me?done=notifications#notification-mail');
  const say = () => news.receive(visit(own), at('/me?done=notifications'), true).search;
  expect(news.receive(visit(), at('/me?done=notifications'), true).search).toBe('');
  expect(say()).toBe('?done=notifications');
  expect(say()).toBe('');
});

it('nothing else than what was done is said', () => {
  const own = new Jar();
  news.send(visit(own), '/me?done=profile');
  expect(news.receive(visit(own), at('/me?done=password'), true).search).toBe('');
  expect(news.receive(visit(own), at('/me?done=profile'), true).search).toBe('?done=profile');
});

it('a page that keeps its plain address is told once, too, and no other page', () => {
  const own = new Jar();
  expect(news.sendTo(visit(own), '/login', 'logged-out')).toBe('/login');
  const shown = (jar: Jar, path: string) => news.receive(visit(jar), at(path), true).search;
  expect(shown(new Jar(), '/login')).toBe('');
  expect(shown(own, '/forgot')).toBe('');
  expect(shown(own, '/login?done=reset')).toBe('');
  expect(shown(own, '/login?next=%2Fme')).toBe('?next=%2Fme&done=logged-out');
  expect(shown(own, '/login')).toBe('');
});

it('newer data of the same page still has it', () => {
  const own = new Jar();
  news.send(visit(own), '/me?done=profile');
  for (let n = 0; n < 2; n++)
    expect(news.receive(visit(own), at('/me?done=profile'), false).search).toBe('?done=profile');
});
