// The arena's texts in both languages.
import { apart } from "../shared/language.js";

export const words = {
  ar: { title: "مجلس: أيّ الجوابين أفضل؟", prompt: "سؤالك", send: "اسأل", a: "الأول أفضل", b: "الثاني أفضل", tie: "متساويان",
    both_bad: "كلاهما سيّئ", undo: "تراجع", side_a: "الأول", side_b: "الثاني", other: "English", writing: "يكتبان الآن…",
    choose: "اقرأ الجوابين ثم احكم.", holding: s => `يُرسل حكمك بعد ${s} ثوانٍ`, sent: "حُفظ حكمك.",
    failed: m => `تعذّر ذلك: ${apart(m)}`, away: "الخادم لا يجيب.",
    why: "هذا المجلس لمن عنده مفتاح أو دعوة.", key: "مفتاحك", enter: "ادخل", leave: "اخرج", left: "خرجت.",
    elsewhere: "مفتاحك للمحادثة وحدها.", chat: "حادِث النموذج", reference: "المرجع",
    forget: "امحُ كل ما حُفظ عنّي", sure: "ستُمحى أسئلتك والأجوبة عليها وأحكامك كلها، ولا رجوع في ذلك. أتريد هذا؟",
    forgotten: (n, v) => `مُحيت سجلاتك، وعددها ${n}.` + (v.length ? ` نُسخ تعلّمت منها من قبل: ${v.map(apart).join("، ")}` : "") },
  en: { title: "Majlis: which answer is better?", prompt: "Your question", send: "Ask", a: "First is better", b: "Second is better", tie: "Equal",
    both_bad: "Both are bad", undo: "Undo", side_a: "First", side_b: "Second", other: "العربية", writing: "Both are writing…",
    choose: "Read both answers, then judge.", holding: s => `Your verdict is sent in ${s} s`, sent: "Your verdict is kept.",
    failed: m => `That failed: ${apart(m)}`, away: "The server does not answer.",
    why: "This room is for those who have a key or an invitation.", key: "Your key", enter: "Sign in", leave: "Sign out", left: "You have signed out.",
    elsewhere: "Your key is for the chat only.", chat: "Chat with the model", reference: "API",
    forget: "Erase all that is kept of me", sure: "Your questions, their answers and all your verdicts will be erased for good. Go on?",
    forgotten: (n, v) => `Erased: ${n} records of yours.` + (v.length ? ` Versions that learnt from them before: ${v.map(apart).join(", ")}` : "") },
};
