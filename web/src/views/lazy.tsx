/** Views that are fetched when they are first shown. One that did not come is asked for again, also much later. */
import { use, type ComponentProps, type ComponentType } from "react";
import { loaded } from "../model/loaded.ts";

/** Of the views that did not come: makes them be asked for at the next look. */
const failed = new Set<() => void>();

/** Like React's `lazy`, which would keep a failure for ever. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what any component takes
export function lazy<T extends ComponentType<any>>(load: () => Promise<{ default: T }>): ComponentType<ComponentProps<T>> {
    let coming: Promise<{ default: T }> | null = null;
    const view = (): Promise<{ default: T }> => {
        if (coming) return coming;
        coming = loaded(load);
        coming.catch(() => failed.add(() => (coming = null)));
        return coming;
    };
    return function Fetched(props: ComponentProps<T>) {
        const { default: View } = use(view());
        return <View {...props} />;
    };
}

export function askAgain(): void {
    for (const forget of failed) forget();
    failed.clear();
}
