// What an image is called, here and in the other case it may come from.
import {fill} from "./dom.js";
import {toLocal} from "./digits.js";

const FOREIGN_FROM = 1000;

/** Is it an image of another case? The page numbers those from a thousand. */
export function isForeign(image) {
  return Boolean(image) && image.number >= FOREIGN_FROM;
}

/** "Image 3"; an image of another case names the case and has its number there. */
export function nameOf({data: {words, lang}}, image) {
  const name = fill(words.image, {number: toLocal(image.shownNumber ?? image.number, lang)});
  if (!image.caption) return name;
  return image.shownNumber ? fill(words.imageOfCase, {case: image.caption, image: name}) : image.caption;
}
