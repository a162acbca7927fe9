//! The parts of a file that a client asks for. RFC 9110, section 14. One range is served; a list of ranges is
//! answered with the whole file, as the RFC allows.

use std::ops::Range;

/// What a `Range` header asks of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that it does not have.
    Nothing,
}

/// Reads a `Range` header for a file of `size` bytes. What cannot be understood is not there.
pub(crate) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let spec = header.and_then(|header| header.trim().split_once('='));
    let Some((_, spec)) = spec.filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes")) else {
        return Wanted::Whole;
    };
    if spec.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::Whole };
    match (number(first), number(last)) {
        // The last so many bytes.
        (Number::None, Number::Some(0)) => Wanted::Nothing,
        (Number::None, Number::Some(_)) if size == 0 => Wanted::Nothing,
        (Number::None, Number::Some(length)) => Wanted::Part(size.saturating_sub(length)..size),
        (Number::Some(first), Number::Some(last)) if last < first => Wanted::Whole,
        (Number::Some(first), Number::None | Number::Some(_)) if first >= size => Wanted::Nothing,
        (Number::Some(first), Number::None) => Wanted::Part(first..size),
        (Number::Some(first), Number::Some(last)) => Wanted::Part(first..last.saturating_add(1).min(size)),
        _ => Wanted::Whole,
    }
}

enum Number {
    None,
    Some(u64),
    Wrong,
}

fn number(text: &str) -> Number {
    match text.trim() {
        "" => Number::None,
        // `parse` would take a sign.
        text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A number beyond all files is as good as the largest one.
            Number::Some(text.parse().unwrap_or(u64::MAX))
        }
        _ => Number::Wrong,
    }
}

#[cfg(test)]
mod tests;
