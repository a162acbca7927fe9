//! People: the accounts of this server.

mod change;
mod find;
mod show;

use http::Method;

use crate::api::Api;

pub(crate) fn add(api: Api) -> Api {
    api.on(
        Method::GET,
        "/people",
        ("people.listPeople", "Lists people, or finds them by the beginning of a name."),
        find::list,
    )
    .on(Method::POST, "/people", ("people.invitePerson", "Makes an account and an invitation to it."), change::invite)
    .on(Method::GET, "/people/{user_id}", ("people.getPerson", "Shows a person."), show::show)
    .on(
        Method::POST,
        "/people/{user_id}/invitation",
        (
            "people.renewInvitation",
            "Makes an invitation for an account that is there: for a password that was forgotten. An earlier one ends.",
        ),
        change::renew_invitation,
    )
    .on(
        Method::DELETE,
        "/people/{user_id}/invitation",
        ("people.withdrawInvitation", "Takes an invitation back."),
        change::withdraw_invitation,
    )
    .on(
        Method::PUT,
        "/people/{user_id}/lock",
        ("people.lockPerson", "Locks an account or unlocks it. A locked one can only sign out."),
        change::lock,
    )
    .on(
        Method::PUT,
        "/people/{user_id}/suspension",
        ("people.suspendPerson", "Suspends an account or ends that. A suspended one can read, and leave rooms."),
        change::suspend,
    )
    .on(
        Method::PUT,
        "/people/{user_id}/password",
        ("people.setPassword", "Gives an account a new password."),
        change::set_password,
    )
    .on(
        Method::PUT,
        "/people/{user_id}/administrator",
        ("people.setAdministrator", "Gives or takes an administrator's rights. The last one keeps them."),
        change::set_administrator,
    )
    .on(
        Method::DELETE,
        "/people/{user_id}/devices",
        ("people.logOutPerson", "Logs a person out everywhere."),
        change::log_out,
    )
    .on(
        Method::DELETE,
        "/people/{user_id}/devices/{device_id}",
        ("people.logOutDevice", "Logs out one device."),
        change::log_out_device,
    )
    .on(
        Method::POST,
        "/people/{user_id}/deactivate",
        (
            "people.deactivatePerson",
            "Closes an account for good. Its user leaves all rooms; the name is never given again.",
        ),
        change::deactivate,
    )
}
