/** Icons of the places that come later. */
import { Megaphone, Phone, Signature, type LucideIcon } from "lucide-react";

export const PLACE_ICONS: Record<"alerts" | "approvals" | "calls", LucideIcon> = {
    alerts: Megaphone,
    approvals: Signature,
    calls: Phone,
};
