/** Everything the SDK says about one room that changes its timeline. */
import {
    Direction,
    ClientEvent,
    MatrixEventEvent,
    RoomEvent,
    RoomMemberEvent,
    RoomStateEvent,
    ThreadEvent,
    type EventTimeline,
    type EventTimelineSet,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from "matrix-js-sdk";

export interface Follower {
    soon(): void;
    /** The line of this event is to be made anew. */
    changed(eventId: string): void;
    came(event: MatrixEvent): void;
    redacted(eventId: string, by: MatrixEvent): void;
    /** Names or pictures may have changed. */
    names(): void;
    /** The live events begin anew. */
    reset(before: readonly MatrixEvent[], back: string | null, forward: string | null): void;
}

export function followRoom(client: MatrixClient, roomId: string, to: Follower): () => void {
    let live: EventTimeline | undefined = client.getRoom(roomId)?.getLiveTimeline();
    const here = (room: Room | undefined): void => void (room?.roomId === roomId && to.soon());
    const changed = (event: MatrixEvent): void => void (event.getRoomId() === roomId && to.changed(event.getId() ?? ""));
    const timeline = (event: MatrixEvent, room: Room | undefined): void => {
        if (room?.roomId !== roomId) return;
        live ??= room.getLiveTimeline();
        to.came(event);
    };
    const redaction = (event: MatrixEvent): void => {
        if (event.getRoomId() !== roomId) return;
        const id: unknown = event.event.redacts ?? event.getContent().redacts;
        if (typeof id === "string") to.redacted(id, event);
    };
    const reset = (room: Room | undefined, set: EventTimelineSet): void => {
        if (room?.roomId !== roomId) return;
        if (set !== room.getUnfilteredTimelineSet()) return to.soon();
        const before = live;
        live = room.getLiveTimeline();
        if (!before || before === live) return to.soon();
        to.reset([...before.getEvents()], before.getPaginationToken(Direction.Backward), before.getPaginationToken(Direction.Forward));
    };
    const receipt = (_event: MatrixEvent, room: Room): void => here(room);
    const state = (event: MatrixEvent): void => {
        if (event.getRoomId() !== roomId) return;
        if (event.getType() === "m.room.member") to.names();
        else to.soon();
    };
    // Whom one ignores is not heard in what is shown already, and is heard again afterwards.
    const account = (event: MatrixEvent): void => void (event.getType() === "m.ignored_user_list" && to.names());
    const typing = (_event: MatrixEvent, member: { roomId: string }): void => void (member.roomId === roomId && to.soon());
    const decrypted = (event: MatrixEvent): void => {
        if (event.getRoomId() !== roomId) return;
        to.came(event);
        to.changed(event.getId() ?? "");
    };
    const thread = (one: { roomId: string; id: string }): void => void (one.roomId === roomId && to.changed(one.id));
    client.on(RoomEvent.Timeline, timeline);
    client.on(RoomEvent.Redaction, redaction);
    client.on(RoomEvent.TimelineReset, reset);
    client.on(RoomEvent.Receipt, receipt);
    client.on(RoomEvent.MyMembership, here);
    client.on(RoomStateEvent.Events, state);
    client.on(ClientEvent.AccountData, account);
    client.on(RoomMemberEvent.Typing, typing);
    client.on(MatrixEventEvent.Decrypted, decrypted);
    client.on(MatrixEventEvent.Replaced, changed);
    client.on(ThreadEvent.Update as never, thread as never);
    client.on(ThreadEvent.New as never, thread as never);
    client.on(ThreadEvent.NewReply as never, thread as never);
    return () => {
        client.off(RoomEvent.Timeline, timeline);
        client.off(RoomEvent.Redaction, redaction);
        client.off(RoomEvent.TimelineReset, reset);
        client.off(RoomEvent.Receipt, receipt);
        client.off(RoomEvent.MyMembership, here);
        client.off(RoomStateEvent.Events, state);
        client.off(ClientEvent.AccountData, account);
        client.off(RoomMemberEvent.Typing, typing);
        client.off(MatrixEventEvent.Decrypted, decrypted);
        client.off(MatrixEventEvent.Replaced, changed);
        client.off(ThreadEvent.Update as never, thread as never);
        client.off(ThreadEvent.New as never, thread as never);
        client.off(ThreadEvent.NewReply as never, thread as never);
    };
}
