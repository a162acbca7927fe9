/** The time, renewed each minute: for "14:02" to become "Thu". */
import { useEffect, useState } from "react";

export function useNow(): number {
    const [now, setNow] = useState(() => Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 60_000);
        return () => clearInterval(timer);
    }, []);
    return now;
}
