import { currencyBehind, inBrackets } from "./currency";

/** A number with something beside it: "<0.5", "60.5*", "60.5 (Bad)", "12.3 ℃", "~12", "€ 12", "(12)". */
export interface Annotated {
  /** As it stands there, in whatever format. */
  readonly number: string;
  /** A unit, a status or a letter, without brackets; "" = none. */
  readonly word: string;
  /** Whether a blank or a bracket stands between. */
  readonly isApart: boolean;
  /** Signs before and behind it, such as "<" and "*"; "()" = the number is below zero for the brackets around it. */
  readonly signs: string;
}

const FORM =
  /^((?:[<>]=?|[≤≥≦≧~≈*#?!]|ca\. ?|約)?) ?([+\-−]?(?:\d[\d.,'’ \u00a0\u202f]*|[.,]\d+)(?:e[+-]?\d+)?) ?(|\([^()]{1,20}\)|\[[^[\]]{1,20}\]|[\p{L}\p{Sc}%‰°℃℉µΩ]\S{0,14}?(?: \p{L}{1,12})?) ?([*#?!†‡)\]]{0,3})$/iu;

/** The parts of a number with something beside it; undefined where a text is none, or a number alone. */
export function annotated(text: string): Annotated | undefined {
  if (text.length >= 60) return undefined;
  const bracketed = inBrackets(text.trim());
  if (bracketed) return { number: bracketed.number, word: bracketed.currency, isApart: true, signs: "()" };
  const found = FORM.exec(currencyBehind(text.trim()));
  if (!found) return undefined;
  const [, before, number, word, behind] = found;
  if (before + word + behind === "") return undefined;
  const bare = word.replace(/^[[(](.*)[\])]$/, "$1").trim();
  return {
    number: number.trim(),
    word: bare,
    isApart: bare !== word || /\s$/.test(number),
    signs: before.trim() + behind,
  };
}
