// Today against the goal, days in a row, and a calendar of twelve weeks.

import { h } from "../kit/elements.js";
import { day as dayName, number, t } from "../kit/texts.js";
import { daysOf, streakOf } from "./figures.js";

const WEEKS = 12;
const YEAR = 366;
const GOALS = [5, 10, 15, 20, 30]; // minutes a day
const HALF = 0.5; // of the goal

/** The nodes that show it; `onGoal(minutes)`: another goal is chosen. */
export function practiceDays({ sessions, now, goal, onGoal }) {
  const days = daysOf(sessions, now, YEAR);
  const minutes = days.at(-1).seconds / 60;
  const streak = streakOf(days);
  const shown = days.slice(-(7 * (WEEKS - 1) + ((now.getDay() + 6) % 7) + 1)); // whole weeks, the last up to today
  return [
    h("p", { "data-testid": "today" }, t("progress.today", { minutes: number(Math.floor(minutes)), goal: number(goal) })),
    h("progress", { max: goal, value: Math.min(goal, minutes), "aria-label": t("progress.goal") }),
    h("p", { class: "facts" }, h("span", { "data-testid": "streak" }, t("progress.streak", { count: streak }))),
    h("label", { class: "goal" }, h("span", {}, t("progress.goal")), " ", goals(goal, onGoal)),
    calendar(shown, goal),
  ];
}

function goals(goal, onGoal) {
  const select = h("select", { id: "goal" }, ...GOALS.map((minutes) => h("option", { value: minutes }, t("progress.minutes", { count: minutes }))));
  select.value = goal;
  select.addEventListener("change", () => onGoal(Number(select.value)));
  return select;
}

function calendar(days, goal) {
  const practised = days.filter(({ seconds }) => seconds > 0).length;
  const label = t("progress.days", { count: practised, days: number(days.length) });
  const square = ({ date, seconds }) => h("span", { "data-much": much(seconds / 60 / goal), title: `${dayName(date)}: ${t("progress.minutes", { count: Math.round(seconds / 60) })}` });
  return h("figure", {},
    h("div", { class: "calendar", role: "img", "aria-label": label }, ...days.map(square)),
    h("figcaption", {}, label));
}

/** 0: nothing, 3: the goal is reached. */
function much(share) {
  if (!share) return 0;
  if (share >= 1) return 3;
  return share >= HALF ? 2 : 1;
}
