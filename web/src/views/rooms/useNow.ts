/** The time as the server has it, renewed each minute: for "14:02" to become "Thu". */
import { useEffect, useState } from "react";
import { serverNow } from "../../client/now.ts";

export function useNow(): number {
    const [now, setNow] = useState(serverNow);
    useEffect(() => {
        const timer = setInterval(() => setNow(serverNow()), 60_000);
        return () => clearInterval(timer);
    }, []);
    return now;
}
