// Sign-in and new password: show the typed password, name the keyboard's language, fill in a demo user.
const byId = (id) => document.getElementById(id);

document.querySelectorAll("[data-shows]").forEach((button) => {
  const show = button.textContent;
  button.addEventListener("click", () => {
    const field = byId(button.dataset.shows);
    field.type = field.type === "password" ? "text" : "password";
    button.textContent = field.type === "password" ? show : button.dataset.hide;
    field.focus();
  });
});

document.querySelectorAll(".keyboard").forEach((badge) => {
  badge.parentElement.querySelector("input").addEventListener("input", (event) => {
    const typed = event.data || "";
    if (!/\p{L}/u.test(typed)) return;
    badge.textContent = /\p{Script=Arabic}/u.test(typed) ? badge.dataset.persian : badge.dataset.latin;
    badge.hidden = false;
  });
});

document.querySelectorAll("[data-username]").forEach((button) => {
  button.addEventListener("click", () => {
    byId("username").value = button.dataset.username;
    byId("password").value = button.dataset.password;
    document.querySelector("form.panel button.primary").focus();
  });
});
