/** Asks the server what everybody may know of the organisation; knows no SDK. */
import { NO_ORGANISATION, organisationOf, type Organisation } from "../model/organisation.ts";
import { Store } from "../model/store.ts";
import { baseUrl, networkFetch } from "./network.ts";

const KEPT = "alphorn.organisation";

export class OrganisationStore extends Store<Organisation> {
    constructor() {
        super(NO_ORGANISATION);
        try {
            const kept = localStorage.getItem(KEPT);
            if (kept) this.set(organisationOf(JSON.parse(kept)));
        } catch {
            // Nothing may be kept here: it is known once a server answers.
        }
    }

    async load(): Promise<void> {
        try {
            const response = await networkFetch(`${baseUrl()}/_alphorn/v1/organisation`);
            if (!response.ok) return;
            const body: unknown = await response.json();
            this.set(organisationOf(body));
            localStorage.setItem(KEPT, JSON.stringify(body));
        } catch {
            // What was kept stays: this is for the time when nothing answers.
        }
    }
}
