/** One's own account: how one is seen, the password, the end. */
import type { MatrixClient } from "matrix-js-sdk";
import { toFailure } from "./failures.ts";
import type { Proof } from "./proof.ts";

export class Account {
    constructor(
        private readonly client: MatrixClient,
        private readonly proof: Proof,
        /** Called when name or picture were set: what is shown follows. */
        private readonly onSeen: (seen: { name?: string; avatar?: string | null }) => void,
    ) {}

    async setName(name: string): Promise<void> {
        await this.#asked(() => this.client.setDisplayName(name));
        this.onSeen({ name });
    }

    async setPicture(picture: Blob | null): Promise<void> {
        await this.#asked(async () => {
            const url = picture ? (await this.client.uploadContent(picture, { includeFilename: false, type: picture.type })).content_uri : "";
            await this.client.setAvatarUrl(url);
            this.onSeen({ avatar: url || null });
        });
    }

    async changePassword(password: string, signOutOthers: boolean): Promise<void> {
        await this.proof.run((auth) => this.client.setPassword(auth as never, password, signOutOthers));
    }

    /** For ever: the name cannot be used again. */
    async deactivate(erase: boolean): Promise<void> {
        await this.proof.run((auth) => this.client.deactivateAccount((auth ?? undefined) as never, erase));
    }

    async #asked(act: () => Promise<unknown>): Promise<void> {
        try {
            await act();
        } catch (error) {
            throw toFailure(error);
        }
    }
}
