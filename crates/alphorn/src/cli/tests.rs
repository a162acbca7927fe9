//! The command line is sound, and its values are read as documented.

use clap::{CommandFactory as _, Parser as _};

use super::{Cli, duration_ms};

#[test]
fn the_definitions_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn flags_become_settings() {
    let line = [
        "alphorn",
        "serve",
        "--listen",
        "https://0.0.0.0:1",
        "--set",
        "limits.rate_limits=false",
        "--data-dir",
        "/x",
    ];
    let flags = Cli::parse_from(line).flags();
    let keys: Vec<_> = flags.iter().map(|flag| flag.key.as_str()).collect();
    assert_eq!(keys, ["limits.rate_limits", "data_dir", "listeners"]);
    assert!(Cli::try_parse_from(["alphorn", "serve", "--listen", "ftp://0.0.0.0:1"]).is_err());
    assert!(Cli::try_parse_from(["alphorn", "serve", "--set", "limits"]).is_err());
}

#[test]
fn durations_need_a_unit() {
    assert_eq!(duration_ms("90m"), Ok(5_400_000));
    assert_eq!(duration_ms("7d"), Ok(604_800_000));
    for text in ["", "7", "d", "0h", "-1h", "1w", "99999999999999999d"] {
        assert!(duration_ms(text).is_err(), "{text}");
    }
}
