/** Currencies, which stand before an amount or behind it: "€ 12", "12 €". */

const NAME =
  /(?:[A-Z]{0,2}\p{Sc}|EUR|USD|GBP|CHF|JPY|CNY|RMB|KRW|TWD|HKD|SGD|INR|AUD|NZD|CAD|MXN|BRL|ZAR|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|SFr\.?|Fr\.|[Kk]r\.?|zł|Kč|円|元|원)/u
    .source;
/** Nothing is smaller than their unit. */
const WITHOUT_CENTS = /^(?:[¥￥₩円원]|JPY|KRW)$/u;
/** Of countries that write thousands with a comma. */
const BY_COMMA = /^(?:[A-Z]{0,2}\$|[£元₹]|USD|GBP|CNY|RMB|TWD|HKD|SGD|INR|AUD|NZD|MXN)$/u;
const AMOUNT = /(?:\d[\d.,'’ \u00a0\u202f]*|[.,]\d+)/.source;
const WHOLE = new RegExp(`^${NAME}$`, "u");
const BEGINS = new RegExp(`^[(+\\-−]?${NAME}`, "u");
const BEFORE = new RegExp(`^([+\\-−]?) ?(${NAME})[ \\u00a0\\u202f]?([+\\-−]?${AMOUNT})$`, "u");
const IN_BRACKETS = new RegExp(
  `^(${NAME})?[ \\u00a0\\u202f]?\\([ \\u00a0\\u202f]?(${NAME})?[ \\u00a0\\u202f]?(${AMOUNT})(${NAME})?\\)[ \\u00a0\\u202f]?(${NAME})?$`,
  "u",
);

export function isCurrency(text: string): boolean {
  return WHOLE.test(text);
}

/** Whether three digits behind a sign are thousands in amounts of a currency: "¥1,234", "$1,234"; "€ 1,459" is the price of a litre. */
export function groupsBy(currency: string, sign: "." | ","): boolean {
  return WITHOUT_CENTS.test(currency) || (sign === "," && BY_COMMA.test(currency));
}

/** Whether a text begins with a currency, which may be letters. */
export function beginsWithCurrency(text: string): boolean {
  return BEGINS.test(text);
}

/**
 * The same amount with its currency behind it, as a unit stands; any other text as it is.
 *
 * @example
 * currencyBehind("-$12.5"); // "-12.5 $"
 * currencyBehind("CHF 1'234.50"); // "1'234.50 CHF"
 */
export function currencyBehind(text: string): string {
  const [, sign, currency, amount] = BEFORE.exec(text) ?? [];
  return amount === undefined ? text : `${sign}${amount.trim()} ${currency.normalize("NFKC")}`;
}

/**
 * An amount in brackets, by which accountants write what is below zero.
 *
 * @example
 * inBrackets("(60.0)"); // { number: "-60.0", currency: "" }
 * inBrackets("€ (1.234)"); // { number: "-1.234", currency: "€" }
 */
export function inBrackets(text: string): { number: string; currency: string } | undefined {
  const found = IN_BRACKETS.exec(text);
  if (!found) return undefined;
  const [, before, within, amount, behind, after] = found;
  const currencies = [before, within, behind, after].filter((one) => one !== undefined);
  return currencies.length > 1 ? undefined : { number: `-${amount.trim()}`, currency: currencies.join("") };
}
