// Light or dark: what the system says, until the button is pressed.

import { $, setText } from "./dom.js";

export function startTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const own = localStorage.getItem("theme");
    const dark = own ? own === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    setText($("theme"), dark ? "Light" : "Dark");
    $("theme").setAttribute("aria-label", `Change to the ${dark ? "light" : "dark"} design`);
  };
  $("theme").addEventListener("click", () => {
    localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}
