/** The address bar as a store. */
import { formatRoute, parseRoute, type Route } from "../model/route.ts";
import { Store } from "../model/store.ts";

class Router extends Store<Route> {
    constructor() {
        super(parseRoute(location.pathname));
        addEventListener("popstate", () => this.set(parseRoute(location.pathname)));
    }

    go(route: Route, how: "push" | "replace" = "push"): void {
        const path = formatRoute(route);
        if (path !== location.pathname) {
            if (how === "push") history.pushState(null, "", path);
            else history.replaceState(null, "", path);
        }
        this.set(route);
    }
}

export const router = new Router();
