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
})();
