/** The places that have words. English is the pattern; `npm run check` compares the other languages with it. */
import type admin from "./admin.en.json";
import type composer from "./composer.en.json";
import type details from "./details.en.json";
import type people from "./people.en.json";
import type governance from "./governance.en.json";
import type spaces from "./spaces.en.json";
import type jump from "./jump.en.json";
import type exporting from "./exporting.en.json";
import type errors from "./errors.en.json";
import type help from "./help.en.json";
import type link from "./link.en.json";
import type notifications from "./notifications.en.json";
import type panel from "./panel.en.json";
import type pictures from "./pictures.en.json";
import type rooms from "./rooms.en.json";
import type search from "./search.en.json";
import type security from "./security.en.json";
import type settings from "./settings.en.json";
import type shell from "./shell.en.json";
import type signin from "./signin.en.json";
import type timeline from "./timeline.en.json";

export interface Catalogue {
    admin: typeof admin;
    composer: typeof composer;
    details: typeof details;
    people: typeof people;
    governance: typeof governance;
    spaces: typeof spaces;
    jump: typeof jump;
    exporting: typeof exporting;
    errors: typeof errors;
    help: typeof help;
    link: typeof link;
    notifications: typeof notifications;
    panel: typeof panel;
    pictures: typeof pictures;
    rooms: typeof rooms;
    search: typeof search;
    security: typeof security;
    settings: typeof settings;
    shell: typeof shell;
    signin: typeof signin;
    timeline: typeof timeline;
}
