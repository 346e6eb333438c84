// The page's two languages: all its own texts stand in words, in both, and change with the switch. Knows no page.
const told = new Map();
let words = {};
let language = navigator.language.startsWith("ar") ? "ar" : "en";

export const at = id => document.getElementById(id);

/** A foreign text inside a sentence: it keeps its own direction and turns nothing around it. */
export const apart = text => `\u2068${text}\u2069`;

/**
 * Makes an element say a text, after a switch in the other language.
 * @param what takes the words of a language and gives the text
 * @param property "ariaLabel" where only those hear it who do not see the element
 */
export function tell(element, what, property = "textContent") {
  told.set(element, { ...told.get(element), [property]: what });
  element[property] = what(words[language]);
}

export const say = what => tell(at("status"), what);

/** A word as it is now, for texts that leave the page. */
export const word = name => words[language][name];

/** Speaks from now on by these words. Elements that always say the same name their word in data-say or data-label. */
export function speak(both) {
  words = both;
  at("language").addEventListener("click", () => {
    language = language === "ar" ? "en" : "ar";
    sayAll();
  });
  sayAll();
}

function sayAll() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  at("language").lang = language === "ar" ? "en" : "ar";
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = word(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  for (const [element, texts] of told)
    if (!element.isConnected) told.delete(element);
    else for (const [property, what] of Object.entries(texts)) element[property] = what(words[language]);
}
