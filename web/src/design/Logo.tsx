/** The mark: a peak within a peak. */
export function Logo() {
    return (
        <svg className="logo" viewBox="0 0 32 32" fill="currentColor" role="img" aria-label="Alphorn">
            <path d="M16 3 30 27.6h-6.4L16 14.3 8.4 27.6H2Z" />
            <path d="m16 19.4 4.7 8.2h-9.4Z" />
        </svg>
    );
}
