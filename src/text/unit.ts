import { isCurrency } from "./currency";

/** Units that are words of their own. */
const UNITS = new Set(
  [
    ...["deg c", "deg f", "in wc"],
    ..."c k f °c °f degc degf ℃ ℉ % %rh ppm ppb pa kpa mpa hpa bar barg mbar psi psig atm torr mmhg".split(" "),
    ..."a ma v mv kv w kw mw gw wh kwh mwh var kvar va kva hz khz rpm min-1 1/min s ms min h d".split(" "),
    ..."g kg t mg l ml m3 m³ nm3 nm³ m mm cm km m2 m² l/h n kn nm j kj mj cal ph µs/cm deg rad inwc inh2o inhg cfm gpm btu kbtu lb klb - 1 -- bool".split(
      " ",
    ),
  ].map((unit) => unit.normalize("NFKC")),
);

/** Whether a text is a unit: a known one, a currency, one in brackets, or short with a sign that names seldom have. */
export function isUnit(text: string): boolean {
  const bare = text.normalize("NFKC").replace(/^[[(]|[\])]$/g, "");
  if (UNITS.has(bare.toLowerCase()) || isCurrency(bare)) return true;
  if (/^[[(（［【].{0,15}[\])）］】]$/.test(text)) return true;
  return text.length <= 12 && /[/%°²³·℃^]/.test(text) && !/\d{2}|[^/ ] +[^/ ]|.[[(]/.test(text);
}
