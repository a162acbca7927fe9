/** What is known of the organisation, for whoever shows it. */
import { OrganisationStore } from "../../client/organisation.ts";

export const organisation = new OrganisationStore();
