/** Results of one's own acts: six seconds, bottom left of the room, with a way back where there is one. */
import { Store } from "../model/store.ts";
import { useStore } from "./useStore.ts";
import { Button } from "./Button.tsx";

export interface Toast {
    id: number;
    title: string;
    text?: string;
    action?: { label: string; run: () => void };
}

const SHOWN_MS = 6000;

class ToastStore extends Store<readonly Toast[]> {
    #next = 1;

    show(toast: Omit<Toast, "id">): void {
        const id = this.#next++;
        this.set([...this.getSnapshot(), { ...toast, id }].slice(-3));
        setTimeout(() => this.drop(id), SHOWN_MS);
    }

    drop(id: number): void {
        this.set(this.getSnapshot().filter((toast) => toast.id !== id));
    }
}

export const toasts = new ToastStore([]);

export function Toasts() {
    const all = useStore(toasts);
    return (
        <div className="toasts" role="status">
            {all.map(({ id, title, text, action }) => (
                <div className="toast" key={id}>
                    <div className="grow">
                        <b>{title}</b>
                        {text}
                    </div>
                    {action && (
                        <Button look="plain" size="small" onClick={() => (action.run(), toasts.drop(id))}>
                            {action.label}
                        </Button>
                    )}
                </div>
            ))}
        </div>
    );
}
