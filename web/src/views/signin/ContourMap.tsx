/** The contour map of the sign-in page and nowhere else. Its lines are computed, and load after the form. */
import { useEffect, useState } from "react";

interface Contours {
    thin: string;
    thick: string;
}

export function ContourMap() {
    const [lines, setLines] = useState<Contours | null>(null);
    useEffect(() => {
        if (!matchMedia("(min-width: 761px)").matches) return;
        void import("./contours.json").then((file) => setLines(file.default));
    }, []);
    return (
        <svg className="map" viewBox="0 0 1080 1080" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
            {lines && (
                <g fill="none" stroke="var(--accent)">
                    <path d={lines.thin} strokeWidth=".9" opacity=".3" />
                    <path d={lines.thick} strokeWidth="1.6" opacity=".45" />
                </g>
            )}
            <g fill="none" stroke="var(--accent)" strokeWidth="3.2" strokeLinecap="round">
                <path d="M330 322 648 728" />
                <path d="M648 728 806 262" />
                <path d="M330 322 530 297M606 287.5 806 262" stroke="var(--line-2)" strokeDasharray="1 11" />
            </g>
            <path d="m558 280 20 20m0-20-20 20" stroke="var(--text-3)" strokeWidth="3" strokeLinecap="round" />
            <g fill="var(--accent)" stroke="var(--bg)" strokeWidth="7" paintOrder="stroke" strokeLinejoin="round">
                <path d="m330 296 24 42h-48Z" />
                <path d="m806 236 24 42h-48Z" />
                <path d="m648 702 24 42h-48Z" />
            </g>
        </svg>
    );
}
