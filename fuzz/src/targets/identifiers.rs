//! Matrix identifiers of every kind.

use alphorn_model::ids::{
    EventId, MxcUri, RoomAliasId, RoomId, RoomVersionId, ServerName, UserId, is_valid_localpart,
};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "identifiers",
    about: "user, room, event, alias, server and media identifiers",
    run,
    tokens: &[
        "@",
        "!",
        "$",
        "#",
        ":",
        "mxc://",
        "example.org",
        "[::1]",
        ":8448",
        "1.2.3.4",
        "\u{e9}",
        "\u{1F600}",
    ],
};

fn run(input: &[u8]) -> String {
    let Ok(text) = str::from_utf8(input) else { return "not text".to_owned() };
    let user = <&UserId>::try_from(text);
    let room = <&RoomId>::try_from(text);
    let event = <&EventId>::try_from(text);
    let alias = <&RoomAliasId>::try_from(text);
    let server = <&ServerName>::try_from(text);
    let version = RoomVersionId::try_from(text);
    if let Ok(user) = user {
        // Parts are what handlers go on with.
        assert_eq!(format!("@{}:{}", user.localpart(), user.server_name()), text);
    }
    if let Ok(alias) = alias {
        assert_eq!(format!("#{}:{}", alias.alias(), alias.server_name()), text);
    }
    let media = <&MxcUri>::from(text).parts().map(|(server, id)| format!("{server}/{id}"));
    if is_valid_localpart(text) && text.len() < 200 {
        let whole = format!("@{text}:example.org");
        assert!(<&UserId>::try_from(whole.as_str()).is_ok(), "what may be registered must be a user id");
    }
    format!(
        "{} {} {} {} {} {} {}",
        user.is_ok(),
        room.is_ok(),
        event.is_ok(),
        alias.is_ok(),
        server.is_ok(),
        version.is_ok(),
        media.is_ok()
    )
}
