// Sets theme, contrast and density before the first paint, so that nothing flashes. See src/design/appearance.ts.
(function () {
    var root = document.documentElement;
    var kept = {};
    try {
        kept = JSON.parse(localStorage.getItem("alphorn.appearance") || "{}") || {};
    } catch (_) {
        // A device that keeps nothing follows the system.
    }
    var asks = function (query) {
        return matchMedia(query).matches;
    };
    var theme = kept.theme === "light" || kept.theme === "dark" ? kept.theme : null;
    root.dataset.theme = theme || (asks("(prefers-color-scheme: dark)") ? "dark" : "light");
    var more = kept.contrast === "more" || (kept.contrast !== "normal" && asks("(prefers-contrast: more)"));
    if (more) root.dataset.contrast = "more";
    if (kept.density === "compact") root.dataset.density = "compact";

    // A part of the page that did not come: the page is loaded once more, then it says so instead of staying empty.
    var failed = function () {
        var again = false;
        try {
            again = Date.now() - Number(sessionStorage.getItem("alphorn.reloaded")) > 300000;
            sessionStorage.setItem("alphorn.reloaded", String(Date.now()));
        } catch (_) {
            // Nothing is kept here: no second load by itself.
        }
        if (!again) return say();
        // Not into nothing: somebody has to hand the page out.
        fetch("/", { method: "HEAD", cache: "no-store" }).then(function (answer) {
            if (answer.ok) location.reload();
            else say();
        }, say);
    };
    var say = function () {
        var place = document.getElementById("root");
        if (!place || place.childElementCount > 0) return;
        var main = document.createElement("main");
        var words = document.createElement("p");
        var button = document.createElement("button");
        main.className = "whole";
        words.textContent = "Alphorn did not load completely. · Alphorn ne s’est pas chargé entièrement. · Alphorn wurde nicht vollständig geladen. · Alphorn non si è caricato del tutto.";
        button.textContent = "↻";
        button.title = "Load again · Recharger · Neu laden · Ricarica";
        button.className = "btn pri";
        button.onclick = function () {
            location.reload();
        };
        main.append(words, button);
        place.append(main);
    };
    addEventListener("alphorn-unloaded", failed);
    addEventListener(
        "error",
        function (event) {
            if (event.target instanceof HTMLScriptElement && event.target.type === "module") failed();
        },
        true,
    );
})();
