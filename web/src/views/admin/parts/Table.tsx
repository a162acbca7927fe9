/** A plain table: arrows go from row to row, Enter opens one. On phones the first column and the last act stay. */
import { useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";

export interface Column<T> {
    head: string;
    /** Null: nothing to say of this row. */
    cell: (row: T) => ReactNode;
    /** A figure: at the right, digits of one width. */
    figure?: boolean;
    /** Also said before the value where the columns are folded. */
    named?: boolean;
}

export interface TableProps<T> {
    label: string;
    rows: readonly T[];
    columns: readonly Column<T>[];
    keyOf: (row: T) => string;
    /** What a row leads to, beside or below. */
    onOpen?: (row: T) => void;
    open?: string | null;
    /** What unfolds below the open row. */
    below?: (row: T) => ReactNode;
    action?: (row: T) => ReactNode;
    actionHead?: string;
}

export function Table<T>(props: TableProps<T>) {
    const { label, rows, columns, keyOf, onOpen, open, below, action, actionHead } = props;
    const body = useRef<HTMLTableSectionElement>(null);
    const walk = (event: KeyboardEvent): void => {
        const openers = [...(body.current?.querySelectorAll<HTMLElement>(".tbl-open") ?? [])];
        const at = openers.indexOf(document.activeElement as HTMLElement);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: openers.length - 1 }[event.key];
        if (at < 0 || to === undefined) return;
        event.preventDefault();
        openers[Math.max(0, Math.min(openers.length - 1, to))]?.focus();
    };
    const press = (event: MouseEvent, row: T): void => {
        const inside = (event.target as HTMLElement).closest("button, a, input, select");
        if (!inside && getSelection()?.isCollapsed !== false) onOpen?.(row);
    };
    const width = columns.length + (action ? 1 : 0);
    return (
        <div className="tbl-box">
            <table className={onOpen ? "tbl opens" : "tbl"} role="table" aria-label={label}>
                <thead role="rowgroup">
                    <tr role="row">
                        {columns.map((column) => (
                            <th key={column.head} role="columnheader" scope="col" className={column.figure ? "num" : undefined}>
                                {column.head}
                            </th>
                        ))}
                        {action && (
                            <th role="columnheader" scope="col">
                                <span className="sr">{actionHead}</span>
                            </th>
                        )}
                    </tr>
                </thead>
                <tbody role="rowgroup" ref={body} onKeyDown={walk}>
                    {rows.map((row, index) => {
                        const key = keyOf(row);
                        const isOpen = open === key;
                        return [
                            <tr key={key} role="row" aria-selected={isOpen || undefined} onClick={(event) => press(event, row)}>
                                {columns.map((column, at) => {
                                    const content = column.cell(row);
                                    return (
                                        <td key={column.head} role="cell" className={column.figure ? "num" : undefined} data-head={column.named ? column.head : undefined}>
                                            {at === 0 && onOpen ? (
                                                <button
                                                    type="button"
                                                    className="tbl-open"
                                                    tabIndex={isOpen || (index === 0 && !rows.some((one) => keyOf(one) === open)) ? 0 : -1}
                                                    aria-expanded={isOpen}
                                                    onClick={() => onOpen(row)}
                                                >
                                                    {content}
                                                </button>
                                            ) : (
                                                content
                                            )}
                                        </td>
                                    );
                                })}
                                {action && (
                                    <td role="cell" className="act">
                                        {action(row)}
                                    </td>
                                )}
                            </tr>,
                            isOpen && below && (
                                <tr key={`${key} below`} role="row" className="below">
                                    <td role="cell" colSpan={width}>
                                        {below(row)}
                                    </td>
                                </tr>
                            ),
                        ];
                    })}
                </tbody>
            </table>
        </div>
    );
}
