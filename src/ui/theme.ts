import { Subject } from "../app/observable.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = "parley.theme";
const darkPreferred = matchMedia("(prefers-color-scheme: dark)");

/** The visitor's choice; "system" follows the device. */
export const theme = new Subject<Theme>(stored());

export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? "system";
}

export function chooseTheme(choice: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Storage may be denied: the choice then lasts as long as the tab.
  }
  theme.set(choice);
}

/** Sets the class that the theme's style sheet reads, now and at every change. */
export function applyTheme(): void {
  const apply = (): void => {
    const dark = theme.value === "dark" || (theme.value === "system" && darkPreferred.matches);
    document.documentElement.classList.toggle("wa-dark", dark);
    document.documentElement.classList.toggle("wa-light", !dark);
  };
  theme.subscribe(apply);
  darkPreferred.addEventListener("change", apply);
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return THEMES.find((choice) => choice === value) ?? "system";
  } catch {
    return "system";
  }
}
