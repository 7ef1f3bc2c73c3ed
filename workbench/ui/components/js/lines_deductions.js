// The deductions a line has already. What was typed can be taken away; what follows from a cut, a
// re-code or a finding (index below zero) goes with its cause.
import {el, icon, ltr} from "./dom.js";
import {formatAmount} from "./digits.js";
import {submit} from "./lines_outbox.js";
import {attachButton, citeLinks} from "./lines_frames.js";
import {restOf} from "./lines_sections.js";

export function drawDeductions(state, line, holder) {
  const {words, lang} = state.data;
  const items = line.deductions.map((each) => el("li", {},
    el("span.code", {}, each.reason), el("span.of", {}, each.title), each.text && el("span.why", {}, each.text),
    el("span.sp"), attachButton(state, line, each.index < 0 ? null : each.index) ?? "", ltr(formatAmount(each.amount, lang)),
    each.index < 0 ? el("span.none") : el("button.tool", {
      type: "button", title: words.remove, "aria-label": `${words.remove}: ${each.title}`,
      onclick: () => submit(state, {action: "remove_deduction", line: line.id, index: each.index}),
    }, icon("cross")),
    each.cites?.length > 0 && el("span.at", {}, ...citeLinks(each.cites, state.data))));
  const rest = restOf(line);
  holder.replaceChildren(
    items.length ? el("ul", {}, ...items) : "",
    el("p.rest", {}, `${words.rest} `, rest === 0 ? words.zero : ltr(formatAmount(rest, lang))),
  );
}
