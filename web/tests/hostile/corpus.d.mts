export const HTML: Record<string, string>;
export const LINKS: Record<string, string>;
export const CONTENTS: Record<string, Record<string, unknown>>;
export const KEYS: string[];
export const NAMES: string[];
export const POLLS: Record<string, unknown>[];
