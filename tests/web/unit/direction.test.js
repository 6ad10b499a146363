import assert from "node:assert/strict";
import { test } from "node:test";
import { directionOf, stepOf, written } from "../../../web/page/kit/direction.js";

test("Arabic, Persian, Hebrew and Urdu run from the right, whatever their region; others do not", () => {
  for (const tag of ["ar", "ar-EG", "AR-sa", "fa", "he", "ur-PK"]) assert.equal(directionOf(tag), "rtl", tag);
  for (const tag of ["en", "ru", "zh-Hans", "hi", "ka", "tr", "art"]) assert.equal(directionOf(tag), "ltr", tag);
});

test("a text of an unknown language finds its direction by itself", () => {
  assert.deepEqual(written("auto"), { dir: "auto" });
  assert.deepEqual(written("ar-EG"), { lang: "ar-EG", dir: "rtl" });
});

test("an arrow goes where it points, in both directions of writing", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft"].map((key) => stepOf(key, "ltr")), [1, -1]);
  assert.deepEqual(["ArrowRight", "ArrowLeft"].map((key) => stepOf(key, "rtl")), [-1, 1]);
  assert.deepEqual(["Home", "End", "a"].map((key) => stepOf(key, "rtl")), [-Infinity, Infinity, undefined]);
});
