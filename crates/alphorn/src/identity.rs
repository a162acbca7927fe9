//! What makes this server the one that it is: its name and its signing key. Both are kept for ever.

use std::path::PathBuf;

use alphorn_model::{Entropy, OwnedServerName, ServerName};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

use crate::data_folder::{DataFolder, DataFolderError, read_text, write_file};

const NAME_FILE: &str = "server_name";
const KEY_FILE: &str = "signing.key";
const KEY_ID_LETTERS: usize = 6;
/// Keys that other servers wrote may have stray bits at their end; even the specification's own example has.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// Why this server cannot say who it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityError {
    /// The configuration asks for another name than the one that all addresses carry.
    #[error(
        "the configuration asks for the server name `{wanted}`, but this server is `{kept}`: every account, room \
         and event in {folder} carries that name, so it cannot change; correct `server_name`, or start with \
         another `data_dir`"
    )]
    OtherName {
        /// What the configuration says.
        wanted: String,
        /// What the data folder says.
        kept: OwnedServerName,
        /// The data folder.
        folder: PathBuf,
    },
    /// A file does not hold what it should.
    #[error("{path} is damaged: {what}; put the file from a backup in its place")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// The data folder failed.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
}

/// The name in the data folder, or, at the first start, the configured name or a suitable one.
pub(crate) fn server_name(
    folder: &DataFolder,
    wanted: Option<&str>,
    host_name: &str,
) -> Result<OwnedServerName, IdentityError> {
    let path = folder.path(NAME_FILE);
    let damaged = |what| IdentityError::Damaged { path: folder.path(NAME_FILE), what };
    if let Some(text) = read_text(&path)? {
        let kept = ServerName::parse(text.trim()).map_err(|_| damaged("it holds no server name"))?;
        return match wanted {
            Some(wanted) if wanted != kept.as_str() => Err(IdentityError::OtherName {
                wanted: wanted.to_owned(),
                kept,
                folder: folder.root().to_path_buf(),
            }),
            _ => Ok(kept),
        };
    }
    let full_name = Some(host_name).filter(|name| name.contains('.'));
    let chosen = wanted.or(full_name).and_then(|name| ServerName::parse(name).ok());
    let name = match chosen {
        Some(name) => name,
        None => ServerName::parse("localhost").map_err(|_| damaged("no name can be chosen"))?,
    };
    write_file(&path, format!("{name}\n").as_bytes(), 0o600)?;
    Ok(name)
}

/// The key with which this server signs events.
pub(crate) struct SigningKey {
    /// The part of the key's identifier after `ed25519:`.
    pub(crate) version: String,
    /// The 32 secret bytes.
    pub(crate) seed: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKey").field("version", &self.version).finish_non_exhaustive()
    }
}

/// The signing key in the data folder; a new one at the first start.
pub(crate) fn signing_key(folder: &DataFolder, entropy: &dyn Entropy) -> Result<SigningKey, IdentityError> {
    let path = folder.path(KEY_FILE);
    if let Some(text) = read_text(&path)?.map(Zeroizing::new) {
        return parse_signing_key(&text).map_err(|what| IdentityError::Damaged { path, what });
    }
    let mut seed = Zeroizing::new([0; 32]);
    entropy.fill(seed.as_mut());
    let mut letters = [0; KEY_ID_LETTERS];
    entropy.fill(&mut letters);
    let version: String =
        "a_".chars().chain(letters.iter().map(|byte| char::from(b'a' + byte % 26))).collect();
    let text = Zeroizing::new(format!("ed25519 {version} {}\n", STANDARD_NO_PAD.encode(seed.as_ref())));
    write_file(&path, text.as_bytes(), 0o600)?;
    Ok(SigningKey { version, seed })
}

/// Whether the data folder has a signing key.
pub(crate) fn has_key(folder: &DataFolder) -> Result<bool, IdentityError> {
    Ok(read_text(&folder.path(KEY_FILE))?.is_some())
}

/// The signing key as it stands in its file.
pub(crate) fn key_text(folder: &DataFolder) -> Result<Option<Zeroizing<String>>, IdentityError> {
    Ok(read_text(&folder.path(KEY_FILE))?.map(Zeroizing::new))
}

/// Gives a data folder that has no key yet the name and the key of the cluster that it joins.
pub(crate) fn adopt(folder: &DataFolder, name: &str, key: &str) -> Result<(), IdentityError> {
    let path = folder.path(KEY_FILE);
    parse_signing_key(key).map_err(|what| IdentityError::Damaged { path: path.clone(), what })?;
    server_name(folder, Some(name), name)?;
    write_file(&path, key.as_bytes(), 0o600)?;
    Ok(())
}

fn parse_signing_key(text: &str) -> Result<SigningKey, &'static str> {
    let mut words = text.split_ascii_whitespace();
    let (Some("ed25519"), Some(version), Some(encoded), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err("it is not of the form `ed25519 VERSION KEY`");
    };
    if !version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err("the key's version has characters other than letters, digits and underscores");
    }
    let bytes = LENIENT.decode(encoded.trim_end_matches('=')).map_err(|_| "the key is not base64")?;
    let bytes = Zeroizing::new(bytes);
    let seed: [u8; 32] = bytes.as_slice().try_into().map_err(|_| "the key has not 32 bytes")?;
    Ok(SigningKey { version: version.to_owned(), seed: Zeroizing::new(seed) })
}

#[cfg(test)]
mod tests;
