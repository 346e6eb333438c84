// The reference's texts in both languages. What endpoints say of themselves is the server's, in English.
import { apart } from "../shared/language.js";

export const words = {
  ar: { title: "مجلس: مرجع الواجهة البرمجية", other: "English", chat: "حادِث النموذج", arena: "قارن جوابين", away: "الخادم لا يجيب.",
    about: "كل ما يُطلب من هذا الخادم، كما يصف نفسه في", find: "ابحث في المسارات", reply: "الجواب",
    roles: list => `من يجوز له: ${apart(list)}`, anybody: "يجوز للجميع", failed: m => `تعذّر ذلك: ${apart(m)}`,
    enter: "ادخل", leave: "اخرج", key: "مفتاحك", why: "", elsewhere: "" },
  en: { title: "Majlis: reference of the API", other: "العربية", chat: "Chat with the model", arena: "Compare two answers",
    away: "The server does not answer.", about: "All that can be asked of this server, as it describes itself in",
    find: "Find a path", reply: "The reply", roles: list => `For: ${apart(list)}`, anybody: "For everybody",
    failed: m => `That failed: ${apart(m)}`, enter: "Sign in", leave: "Sign out", key: "Your key", why: "", elsewhere: "" },
};
