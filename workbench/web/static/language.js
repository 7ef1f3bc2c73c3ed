// Streamlit's widgets write dates and digits in the browser's language: make it the page's.
// With fa-IR the native date popup is a Jalali calendar with Persian digits.
(() => {
  const languages = document.documentElement.lang === "en" ? ["en-GB", "en"] : ["fa-IR", "fa"];
  Object.defineProperty(navigator, "language", { get: () => languages[0] });
  Object.defineProperty(navigator, "languages", { get: () => languages });
})();
