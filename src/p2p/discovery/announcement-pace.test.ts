import { expect, test } from "vitest";
import { ANNOUNCE_EVERY_MS, AnnouncementPace } from "./announcement-pace.ts";

/** Seconds of the beats at which it speaks, of those within `seconds`. */
function spoken(pace: AnnouncementPace, fromMs: number, seconds: number): number[] {
  const beats = Array.from(
    { length: (seconds * 1_000) / ANNOUNCE_EVERY_MS },
    (_, at) => (at + 1) * ANNOUNCE_EVERY_MS,
  );
  return beats.filter((ms) => pace.beat(fromMs + ms)).map((ms) => ms / 1_000);
}

test("while nothing changes it speaks ever more rarely, up to every minute", () => {
  expect(spoken(new AnnouncementPace(0), 0, 200)).toEqual([5, 15, 35, 75, 135, 195]);
});

test("news are told at once, and the beats begin anew", () => {
  const pace = new AnnouncementPace(0);
  spoken(pace, 0, 100);
  expect(pace.news(101_000)).toBe(true);
  expect(spoken(pace, 101_000, 20)).toEqual([5, 15]);
});

test("very many news in a second are few announcements, and a beat tells what was left", () => {
  const pace = new AnnouncementPace(0);
  const told = Array.from({ length: 1_000 }, (_, ms) => pace.news(ms)).filter(Boolean);
  expect(told).toHaveLength(5);
  expect(pace.beat(ANNOUNCE_EVERY_MS)).toBe(true);
});
