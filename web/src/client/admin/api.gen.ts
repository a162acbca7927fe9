/** Made by `npm run admin-types` from docs/admin-api.openapi.json: do not edit. */
export interface paths {
    "/_alphorn/admin/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what administrators did, the newest first. */
        get: operations["listAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Makes the hashes of up to 1,000 entries anew from the log and compares them; call it again with `upto` and `hash` of the answer until `complete` is true. */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/media/quarantined": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists files that are kept back. */
        get: operations["listQuarantinedMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/media/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what each person's files come to, the most bytes first. */
        get: operations["listMediaTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/media/{media_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what is known of a file. */
        get: operations["getMedia"];
        put?: never;
        post?: never;
        /** Deletes a file for good. */
        delete: operations["deleteMedia"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/media/{media_id}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keeps a file back from everybody, or gives it free again. */
        put: operations["quarantineMedia"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the nodes of the server as this one sees them. */
        get: operations["listNodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists people, or finds them by the beginning of a name. */
        get: operations["listPeople"];
        put?: never;
        /** Makes an account and an invitation to it. */
        post: operations["invitePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a person. */
        get: operations["getPerson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/administrator": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives or takes an administrator's rights. The last one keeps them. */
        put: operations["setAdministrator"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes an account for good. Its user leaves all rooms; the name is never given again. */
        post: operations["deactivatePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Logs a person out everywhere. */
        delete: operations["logOutPerson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/devices/{device_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Logs out one device. */
        delete: operations["logOutDevice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an invitation for an account that is there: for a password that was forgotten. An earlier one ends. */
        post: operations["renewInvitation"];
        /** Takes an invitation back. */
        delete: operations["withdrawInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Locks an account or unlocks it. A locked one can only sign out. */
        put: operations["lockPerson"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists a person's files, the newest first. */
        get: operations["listPersonMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives an account a new password. */
        put: operations["setPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/people/{user_id}/suspension": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Suspends an account or ends that. A suspended one can read, and leave rooms. */
        put: operations["suspendPerson"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/registration_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists registration tokens. */
        get: operations["listRegistrationTokens"];
        put?: never;
        /** Makes a registration token. */
        post: operations["createRegistrationToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/registration_tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a registration token. */
        get: operations["getRegistrationToken"];
        put?: never;
        post?: never;
        /** Makes a registration token invalid. */
        delete: operations["deleteRegistrationToken"];
        options?: never;
        head?: never;
        /** Changes how often and how long a registration token is good. */
        patch: operations["changeRegistrationToken"];
        trace?: never;
    };
    "/_alphorn/admin/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists reports, the newest first. */
        get: operations["listReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/reports/{report_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a report. */
        get: operations["getReport"];
        /** Says that a report was dealt with, or opens it again. */
        put: operations["resolveReport"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists rooms, or finds them by id, alias or the beginning of a word of the name. */
        get: operations["listRooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms/{room_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a room. */
        get: operations["getRoom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms/{room_id}/administrator": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a member an administrator of the room, in the name of a member of this server who may do so. */
        post: operations["makeRoomAdministrator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms/{room_id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes a room: nobody gets in and nothing is written. Those who are in it leave, unless they are to stay. */
        post: operations["closeRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms/{room_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the members of a room, in the order they came. */
        get: operations["listRoomMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms/{room_id}/purge_media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deletes the files that events of the room refer to, as far as whoever sent them uploaded them here. Looks at up to 500 events; call it again with `next` as `from`. What encrypted events refer to is not known. */
        post: operations["purgeRoomMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/rooms/{room_id}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Opens a closed room again. */
        post: operations["reopenRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/admin/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the settings that change at run time. */
        get: operations["getSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes settings, on all nodes. What is not there stays; null: as the configuration file has it. */
        patch: operations["changeSettings"];
        trace?: never;
    };
    "/_alphorn/admin/v1/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows how much this node keeps. */
        get: operations["getStorage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/v1/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows whom an invitation is for. */
        post: operations["lookAtInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/v1/invitation/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Uses an invitation: sets the password of its account and signs in. A lost answer is made good by signing in with that password. */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_alphorn/v1/organisation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what everybody who reaches the server may know of it. */
        get: operations["getOrganisation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description How an invitation is used. */
        Acceptance: {
            /** @description The code of the invitation. */
            code: string;
            /**
             * @description The device to sign in; a new one unless given.
             * @default null
             */
            device_id?: string | null;
            /**
             * @description What to call a new device.
             * @default null
             */
            initial_device_display_name?: string | null;
            /** @description The password that the account is to have. */
            password: string;
            /**
             * @description Whether a refresh token is wanted, and an access token that ends.
             * @default false
             */
            refresh_token?: boolean;
        };
        /** @description An entry of the audit log. */
        AuditEntry: {
            /** @description What was done, as `<area>.<what>`. */
            action: string;
            /** @description Who did it, where it was a person. */
            actor: string | null;
            /**
             * Format: uint64
             * @description When, in milliseconds since the epoch.
             */
            at_ms: number;
            /** @description What else says what was done. Never a secret. */
            details: {
                [key: string]: unknown;
            };
            /** @description The device of that person. */
            device: string | null;
            /**
             * Format: uint64
             * @description Its number, from 1 without holes.
             */
            entry: number;
            /** @description The hash over this entry and all before it, in hexadecimal digits. */
            hash: string;
            /**
             * Format: uint32
             * @description The node that wrote it.
             */
            node: number;
            /** @description Why, in the administrator's words. */
            reason: string | null;
            /** @description The error code with which it was refused; null: it was done. */
            refused: string | null;
            /** @description To whom or what. */
            target: string | null;
            /** @description Through what: `person` (this interface), `command_line`, `script`. */
            via: string;
        };
        /** @description A page of a list. */
        AuditEntryPage: {
            /** @description The entries. */
            entries: components["schemas"]["AuditEntry"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description What came of verifying. */
        AuditVerification: {
            /**
             * Format: uint64
             * @description The first entry that is not what was written; null: none was found.
             */
            broken: number | null;
            /** @description Whether `upto` is the last entry. */
            complete: boolean;
            /** @description The hash of that entry: write it down elsewhere, and nobody can change what is before it unnoticed. */
            hash: string;
            /**
             * Format: uint64
             * @description The last entry that there is.
             */
            last: number;
            /**
             * Format: uint64
             * @description The chain is what it should be up to this entry.
             */
            upto: number;
        };
        /** @description How a room is closed. */
        Closure: {
            /**
             * @description Whether those who are in it stay, so that they can go on reading.
             * @default false
             */
            keep_members?: boolean;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description An invitation. */
        Code: {
            /** @description The code of the invitation. */
            code: string;
        };
        /** @description How an account is closed. */
        Deactivation: {
            /**
             * @description Whether what the person wrote is hidden from those who come later.
             * @default false
             */
            erase?: boolean;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description An invitation to an account, to be handed to its owner as a link or a picture. The code is shown this once. */
        Invitation: {
            /** @description The address that clients reach the server under, where one is configured. */
            base_url: string | null;
            /** @description Whoever knows it sets the account's password and signs in, once. */
            code: string;
            /**
             * Format: uint64
             * @description When it ends, in milliseconds since the epoch.
             */
            expires_at_ms: number;
            /**
             * @description The link for the person, where `base_url` is known: `<base_url>/#/invitation/<code>`. The part behind `#` is
             *     not sent to servers, so that the code does not stand in their records.
             */
            link: string | null;
            /** @description Whose account it opens. */
            user_id: string;
        };
        /** @description Whom an invitation is for. */
        Invitee: {
            /** @description The display name. */
            display_name: string | null;
            /**
             * Format: uint
             * @description Shortest password.
             */
            password_length_min: number;
            /** @description The user id. */
            user_id: string;
        };
        /** @description Whether an account is locked. */
        Lock: {
            /** @description Locked, or not. */
            locked: boolean;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description How many devices were logged out. */
        LoggedOut: {
            /**
             * Format: uint
             * @description How many.
             */
            devices: number;
        };
        /** @description A file. */
        MediaFile: {
            /** @description What kind it is, as the client said. */
            content_type: string | null;
            /**
             * Format: uint64
             * @description When, in milliseconds since the epoch.
             */
            created_at_ms: number;
            /** @description Its name, as the client gave it. */
            file_name: string | null;
            /** @description Its id. */
            media_id: string;
            /** @description Whether it is kept back. */
            quarantined: boolean;
            /** @description SHA-256 of its content in hexadecimal digits. */
            sha256: string | null;
            /**
             * Format: uint64
             * @description Its size.
             */
            size_bytes: number | null;
            /** @description Whether its content was uploaded; otherwise the place is only reserved. */
            uploaded: boolean;
            /** @description Its `mxc:` address. */
            uri: string;
            /** @description Who uploaded it. */
            user_id: string;
        };
        /** @description A page of a list. */
        MediaFilePage: {
            /** @description The entries. */
            entries: components["schemas"]["MediaFile"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description What a person's files come to. */
        MediaTotal: {
            /**
             * Format: uint64
             * @description How many bytes.
             */
            bytes: number;
            /**
             * Format: uint64
             * @description How many files.
             */
            files: number;
            /** @description Whose. */
            user_id: string;
        };
        /** @description A page of a list. */
        MediaTotalPage: {
            /** @description The entries. */
            entries: components["schemas"]["MediaTotal"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description An invitation to an account that is there. */
        NewInvitation: {
            /**
             * Format: uint64
             * @description For how long the invitation is good, in milliseconds: up to 90 days, 7 days unless given.
             * @default null
             */
            expires_in_ms?: number | null;
            /**
             * @description Whether its use logs out the devices that are signed in then.
             * @default false
             */
            log_out?: boolean;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description A new password. */
        NewPassword: {
            /**
             * @description Whether the person is logged out everywhere; so unless `false` is given.
             * @default true
             */
            log_out?: boolean;
            /** @description The password. */
            password: string;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description An account to be made. */
        NewPerson: {
            /**
             * @description With an administrator's rights.
             * @default false
             */
            administrator?: boolean;
            /**
             * @description The display name to begin with; the user name unless given.
             * @default null
             */
            display_name?: string | null;
            /**
             * Format: uint64
             * @description For how long the invitation is good, in milliseconds: up to 90 days, 7 days unless given.
             * @default null
             */
            expires_in_ms?: number | null;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
            /** @description The name in front of the colon of the user id: `a-z`, digits and `._=-/+`. */
            username: string;
        };
        /** @description A registration token to be made. */
        NewToken: {
            /**
             * Format: uint64
             * @description When it ends, in milliseconds since the epoch; never unless given.
             * @default null
             */
            expires_at_ms?: number | null;
            /**
             * Format: uint
             * @description How long a made-up one is: 8 to 64, 16 unless given.
             * @default null
             */
            length?: number | null;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
            /**
             * @description The token: 1 to 64 of `A-Z a-z 0-9 . _ ~ -`; made up unless given.
             * @default null
             */
            token?: string | null;
            /**
             * Format: uint64
             * @description How many accounts can be made with it; any number unless given.
             * @default null
             */
            uses_allowed?: number | null;
        };
        /** @description A node of the server. */
        Node: {
            /**
             * Format: uint64
             * @description The last record of the log that it has.
             */
            applied: number;
            /**
             * Format: uint64
             * @description How many records it lacks of those that another node has.
             */
            behind: number;
            /**
             * Format: uint64
             * @description How long ago it was heard of, in milliseconds.
             */
            heard_ms_ago: number;
            /** @description Whether it is the one that answers. */
            here: boolean;
            /**
             * Format: uint32
             * @description Its number.
             */
            node: number;
            /** @description Whether it serves clients and can write. */
            ready: boolean;
            /** @description Where clients reach it. */
            url: string | null;
            /** @description The version of its program. */
            version: string;
        };
        /** @description The nodes of the server. */
        Nodes: {
            /** @description All that are known, by number. */
            nodes: components["schemas"]["Node"][];
        };
        /** @description Nothing is asked for, or answered. */
        Nothing: Record<string, never>;
        /** @description What everybody who reaches the server may know of it. */
        Organisation: {
            /** @description The room for when something is wrong: an alias or a room id. */
            emergency_channel: string | null;
            /** @description The telephone number for when nothing else works. */
            emergency_phone: string | null;
            /** @description What everybody is told for now. */
            message_of_the_day: string | null;
            /** @description What the organisation is called. */
            name: string | null;
            /** @description Who may make an account. */
            registration_mode: components["schemas"]["RegistrationMode"];
            /** @description The server's name. */
            server_name: string;
        };
        /** @description A person as lists show one. */
        Person: {
            /** @description Administers the server. */
            administrator: boolean;
            /** @description The application service that owns it. */
            application_service: string | null;
            /** @description The picture's `mxc:` address. */
            avatar_url: string | null;
            /**
             * Format: uint64
             * @description When it was made, in milliseconds since the epoch.
             */
            created_at_ms: number;
            /** @description Closed for good. */
            deactivated: boolean;
            /** @description The display name. */
            display_name: string | null;
            /** @description Asked to be erased when it was closed. */
            erased: boolean;
            /** @description A guest. */
            guest: boolean;
            /** @description Whether a password was set; without one, and without an invitation, nobody can sign in. */
            has_password: boolean;
            /**
             * Format: uint64
             * @description When the open invitation ends, in milliseconds since the epoch; null: there is none.
             */
            invitation_expires_at_ms: number | null;
            /** @description Locked: can only sign out. */
            locked: boolean;
            /** @description Suspended: can read, and leave rooms. */
            suspended: boolean;
            /** @description The user id. */
            user_id: string;
        };
        /** @description An e-mail address or telephone number. */
        PersonContact: {
            /** @description The address. */
            address: string;
            /** @description `email` or `msisdn`. */
            medium: string;
        };
        /** @description A person in full. */
        PersonDetails: {
            /** @description E-mail addresses and telephone numbers. */
            contacts: components["schemas"]["PersonContact"][];
            /** @description The devices that are signed in. */
            devices: components["schemas"]["PersonDevice"][];
            /**
             * Format: uint64
             * @description How many rooms the person is in; counted up to 10,000.
             */
            joined_rooms: number;
            /**
             * Format: uint64
             * @description What they come to in bytes.
             */
            media_bytes: number;
            /**
             * Format: uint64
             * @description Files that the person uploaded.
             */
            media_files: number;
            /** @description What lists show. */
            person: components["schemas"]["Person"];
            /** @description Where push notifications go. */
            pushers: components["schemas"]["PersonPusher"][];
        };
        /** @description A device that is signed in. */
        PersonDevice: {
            /**
             * Format: uint64
             * @description When it was signed in, in milliseconds since the epoch.
             */
            created_at_ms: number;
            /** @description Its id. */
            device_id: string;
            /** @description What its owner calls it. */
            display_name: string | null;
            /** @description Whether its encryption keys are known. */
            has_keys: boolean;
            /** @description From where. */
            last_seen_address: string | null;
            /** @description What the client calls itself. */
            last_seen_agent: string | null;
            /**
             * Format: uint64
             * @description When it was last seen by this node since that was started, in milliseconds since the epoch.
             */
            last_seen_at_ms: number | null;
        };
        /** @description A page of a list. */
        PersonPage: {
            /** @description The entries. */
            entries: components["schemas"]["Person"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description Where push notifications go. Its key is a secret and not shown. */
        PersonPusher: {
            /** @description What the application calls itself. */
            app_display_name: string | null;
            /** @description The application's id. */
            app_id: string;
            /** @description What the device is called. */
            device_display_name: string | null;
            /** @description `http` or `email`. */
            kind: string | null;
        };
        /** @description A user with a power level of their own. */
        Powerful: {
            /**
             * Format: int64
             * @description The level.
             */
            level: number;
            /** @description The user. */
            user_id: string;
        };
        /** @description Who is to be an administrator of a room. */
        Promotion: {
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
            /** @description The member. */
            user_id: string;
        };
        /** @description Where to go on. */
        Purge: {
            /**
             * @description `next` of the answer before.
             * @default null
             */
            from?: string | null;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description What was deleted. */
        Purged: {
            /**
             * Format: uint
             * @description How many files.
             */
            deleted: number;
            /** @description Where to go on; null: the whole room was looked at. */
            next: string | null;
        };
        /** @description Whether a file is kept back. */
        Quarantine: {
            /** @description Kept back, or not. */
            quarantined: boolean;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description Why something is done, for the audit log. */
        Reason: {
            /**
             * @description Why, in the administrator's words; it stands in the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description Why something was not done. */
        Refusal: {
            /** @description A Matrix error code. */
            errcode: string;
            /** @description Words for a person. */
            error: string;
            /** @description When to try again. */
            retry_after_ms?: number;
        };
        /** @description Who may make an account. */
        RegistrationMode: "closed" | "token" | "open";
        /** @description A registration token. */
        RegistrationToken: {
            /**
             * Format: uint64
             * @description When it ends, in milliseconds since the epoch; null: never.
             */
            expires_at_ms: number | null;
            /** @description The token. */
            token: string;
            /**
             * Format: uint64
             * @description How many were made.
             */
            used: number;
            /**
             * Format: uint64
             * @description How many accounts can be made with it; null: any number.
             */
            uses_allowed: number | null;
            /** @description Whether an account can be made with it now. */
            valid: boolean;
        };
        /** @description A page of a list. */
        RegistrationTokenPage: {
            /** @description The entries. */
            entries: components["schemas"]["RegistrationToken"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description Something that was reported. */
        Report: {
            /**
             * Format: uint64
             * @description When, in milliseconds since the epoch.
             */
            at_ms: number;
            /** @description The event. */
            event_id: string | null;
            /** @description Who sent the event. */
            event_sender: string | null;
            /** @description What it said; null: it cannot be read here, because it is encrypted or was taken back. */
            event_text: string | null;
            /** @description What came of it. */
            note: string | null;
            /** @description In the reporter's words. */
            reason: string | null;
            /** @description Its id. */
            report_id: string;
            /** @description Who reported. */
            reporter: string;
            /**
             * Format: uint64
             * @description When it was dealt with; null: it was not.
             */
            resolved_at_ms: number | null;
            /** @description By whom. */
            resolved_by: string | null;
            /** @description The room. */
            room_id: string | null;
            /** @description The name of the room. */
            room_name: string | null;
            /**
             * Format: int64
             * @description -100 (most offensive) to 0.
             */
            score: number | null;
            /** @description The user. */
            user_id: string | null;
        };
        /** @description A page of a list. */
        ReportPage: {
            /** @description The entries. */
            entries: components["schemas"]["Report"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description What became of a report. */
        Resolution: {
            /**
             * @description What came of it, in the administrator's words.
             * @default null
             */
            note?: string | null;
            /** @description Dealt with, or not. */
            resolved: boolean;
        };
        /** @description Whether a person administers the server. */
        Rights: {
            /** @description Administers the server, or not. */
            administrator: boolean;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
        };
        /** @description A room as lists show one. */
        Room: {
            /** @description Its main alias. */
            canonical_alias: string | null;
            /** @description Whether it is closed. */
            closed: boolean;
            /**
             * Format: uint64
             * @description When it was made, in milliseconds since the epoch.
             */
            created_at_ms: number;
            /** @description Whether it is encrypted. */
            encrypted: boolean;
            /**
             * Format: uint64
             * @description How many are invited.
             */
            invited: number;
            /**
             * Format: uint64
             * @description How many are in it.
             */
            joined: number;
            /** @description Its name. */
            name: string | null;
            /** @description Whether the public directory lists it. */
            public: boolean;
            /** @description Its id. */
            room_id: string;
            /** @description Whether it is a space. */
            space: boolean;
            /** @description Its version. */
            version: string;
        };
        /** @description A room in full. */
        RoomDetails: {
            /** @description Aliases on this server. */
            aliases: string[];
            /** @description Its picture's `mxc:` address. */
            avatar_url: string | null;
            /** @description Who made it. */
            creator: string | null;
            /** @description How it is encrypted; null: it is not. */
            encryption: string | null;
            /**
             * Format: uint64
             * @description How many events it has; counted up to 10,000.
             */
            events: number;
            /** @description Who can read what was written before: `shared`, `joined`, ... */
            history_visibility: string | null;
            /** @description Who can join: `public`, `invite`, ... */
            join_rule: string | null;
            /** @description Who has a power level of their own, the highest first; up to 100. */
            powerful: components["schemas"]["Powerful"][];
            /** @description What lists show. */
            room: components["schemas"]["Room"];
            /** @description What it is about. */
            topic: string | null;
        };
        /** @description A member of a room. */
        RoomMember: {
            /** @description The name in this room. */
            display_name: string | null;
            /**
             * Format: int64
             * @description The power level; null: above all levels, as the room's creator.
             */
            power_level: number | null;
            /** @description The user. */
            user_id: string;
        };
        /** @description A page of a list. */
        RoomMemberPage: {
            /** @description The entries. */
            entries: components["schemas"]["RoomMember"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description A page of a list. */
        RoomPage: {
            /** @description The entries. */
            entries: components["schemas"]["Room"][];
            /** @description Where the next page begins; null: this is the last one. */
            next: string | null;
        };
        /** @description A session that was begun, as after `POST /_matrix/client/v3/login`. */
        Session: {
            /** @description The access token. */
            access_token: string;
            /** @description The device. */
            device_id: string;
            /**
             * Format: uint64
             * @description When the access token ends, in milliseconds from now.
             */
            expires_in_ms?: number | null;
            /** @description The refresh token, where one was wanted. */
            refresh_token?: string | null;
            /** @description The user. */
            user_id: string;
        };
        /** @description The settings as they count now. */
        Settings: {
            /** @description The names of those that were changed from what the configuration file has. */
            changed: string[];
            /** @description The room for when something is wrong: an alias or a room id. */
            emergency_channel: string | null;
            /** @description The telephone number for when nothing else works. */
            emergency_phone: string | null;
            /** @description What everybody is told for now. */
            message_of_the_day: string | null;
            /** @description What the organisation is called. */
            organisation_name: string | null;
            /** @description Who may make an account. */
            registration_mode: components["schemas"]["RegistrationMode"];
            /**
             * Format: uint64
             * @description Largest upload in bytes; never more than the configuration file allows.
             */
            upload_bytes_max: number;
        };
        /** @description What is to change: what is not there stays, null is as the configuration file has it. */
        SettingsChange: {
            /**
             * @description The room for when something is wrong: an alias or a room id.
             * @default null
             */
            emergency_channel?: string | null;
            /**
             * @description The telephone number for when nothing else works.
             * @default null
             */
            emergency_phone?: string | null;
            /**
             * @description What everybody is told for now.
             * @default null
             */
            message_of_the_day?: string | null;
            /**
             * @description What the organisation is called.
             * @default null
             */
            organisation_name?: string | null;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
            /**
             * @description Who may make an account.
             * @default null
             */
            registration_mode?: components["schemas"]["RegistrationMode"] | null;
            /**
             * Format: uint64
             * @description Largest upload in bytes.
             * @default null
             */
            upload_bytes_max?: number | null;
        };
        /** @description How much this node keeps. */
        Storage: {
            /**
             * Format: uint64
             * @description The files of the database, which has the log and the tables made of it.
             */
            database_bytes: number;
            /**
             * Format: uint64
             * @description What is free on the disk of the data folder, where that is known.
             */
            free_bytes: number | null;
            /**
             * Format: uint64
             * @description What they come to.
             */
            media_bytes: number;
            /**
             * Format: uint64
             * @description Files that people uploaded.
             */
            media_files: number;
            /**
             * Format: uint64
             * @description Records on the log.
             */
            records: number;
            /**
             * Format: uint64
             * @description What that disk holds in all, where that is known.
             */
            total_bytes: number | null;
        };
        /** @description Whether an account is suspended. */
        Suspension: {
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
            /** @description Suspended, or not. */
            suspended: boolean;
        };
        /** @description What is to change of a registration token: what is not there stays, what is null is not bounded any more. */
        TokenChange: {
            /**
             * Format: uint64
             * @description When it ends, in milliseconds since the epoch; null: never.
             * @default null
             */
            expires_at_ms?: number | null;
            /**
             * @description Why, for the audit log.
             * @default null
             */
            reason?: string | null;
            /**
             * Format: uint64
             * @description How many accounts can be made with it; null: any number.
             * @default null
             */
            uses_allowed?: number | null;
        };
    };
    responses: {
        /** @description What was asked for was not done. `M_FORBIDDEN`: not by this account, or not now; `M_UNKNOWN_TOKEN`, `M_MISSING_TOKEN`: not signed in; `M_NOT_FOUND`: there is no such thing; the others are those of the Matrix specification. */
        Refused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAuditEntries: {
        parameters: {
            query?: {
                /** @description What was done, such as `people.lock`. */
                action?: string | null;
                /** @description Who did it: a user id, or `command_line`, `script`. */
                actor?: string | null;
                /** @description The part of the action before its dot, such as `people`. */
                area?: string | null;
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
                /** @description Not before this time, in milliseconds since the epoch. */
                since_ms?: number | null;
                /** @description To whom or what: a user id, a room id, ... */
                target?: string | null;
                /** @description Before this time, in milliseconds since the epoch. */
                until_ms?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntryPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                /** @description The entry after which to begin: the first unless given. */
                after?: number | null;
                /** @description The hash of that entry, as an earlier answer gave it or as it was written down elsewhere. */
                hash?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listQuarantinedMedia: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaFilePage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listMediaTotals: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaTotalPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                media_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaFile"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    deleteMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                media_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nothing"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    quarantineMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                media_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Quarantine"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaFile"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listNodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nodes"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listPeople: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description Which people. */
                kind?: "any" | "administrators" | "kept_out" | "deactivated" | "guests";
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
                /** @description The beginning of a user id or of words of the display name. */
                search?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    invitePerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewPerson"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonDetails"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    setAdministrator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rights"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    deactivatePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Deactivation"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    logOutPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedOut"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    logOutDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
                device_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedOut"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    renewInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    withdrawInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    lockPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Lock"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listPersonMedia: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaFilePage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    suspendPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Suspension"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listRegistrationTokens: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationTokenPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    createRegistrationToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationToken"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getRegistrationToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationToken"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    deleteRegistrationToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nothing"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    changeRegistrationToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TokenChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationToken"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listReports: {
        parameters: {
            query?: {
                /** @description Also those that were dealt with. */
                all?: boolean;
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                report_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    resolveReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                report_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Resolution"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listRooms: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description Which rooms. */
                kind?: "any" | "public" | "closed";
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
                /** @description A room id, an alias, or the beginning of words of the name or main alias. */
                search?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                room_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomDetails"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    makeRoomAdministrator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                room_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Promotion"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    closeRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                room_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Closure"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listRoomMembers: {
        parameters: {
            query?: {
                /** @description `next` of the page before this one. */
                from?: string | null;
                /** @description How many at most: 1 to 200, 50 unless given. */
                limit?: number | null;
                /** @description How they stand in the room; those who are in it unless given. */
                membership?: "join" | "invite" | "knock" | "ban";
            };
            header?: never;
            path: {
                room_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomMemberPage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    purgeRoomMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                room_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Purge"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purged"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    reopenRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                room_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    changeSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SettingsChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getStorage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    lookAtInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitee"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Acceptance"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getOrganisation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organisation"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
}
