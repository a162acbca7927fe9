/** A link inside the client: a real address, opened without loading the page. */
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { formatRoute, type Route } from "../model/route.ts";
import { router } from "./router.ts";

export function Link({ to, onClick, ...rest }: { to: Route } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href">) {
    const open = (event: MouseEvent<HTMLAnchorElement>): void => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        router.go(to);
    };
    return <a href={formatRoute(to)} onClick={open} {...rest} />;
}
