//! Mutations of bytes, for inputs of any format.

use crate::random::Random;

/// Pieces that break parsers of text: ends of ranges, wrong encodings, unfinished escapes, controls.
const NASTY: &[&[u8]] = &[
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\\ud800",
    b"\\u0000",
    b"\\",
    b"\"",
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"9007199254740992",
    b"-9007199254740992",
    b"18446744073709551616",
    b"0.1",
    b"%00",
    b"%ff",
    b"%",
    b"../",
    b"\r\n",
    b";",
    b":",
    b"@",
    b"#",
    b"!",
    b"$",
    b"*",
];

/// Bytes at the ends of ranges.
const EDGES: &[u8] = &[0, 1, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0xbf, 0xc0, 0xfe, 0xff];

/// Changes one place of `input`.
pub(super) fn mutate(input: &mut Vec<u8>, others: &[Vec<u8>], tokens: &[&str], random: &mut Random) {
    let at = random.below(input.len() + 1);
    match random.below(9) {
        0 => flip_bit(input, random),
        1 => overwrite(input, random),
        2 => remove(input, random),
        3 => repeat(input, random),
        4 => insert(input, at, random.pick(NASTY).copied().unwrap_or_default()),
        5 => insert(input, at, random.pick(tokens).map(|token| token.as_bytes()).unwrap_or_default()),
        6 => splice(input, others, random),
        7 => input.truncate(at),
        _ => nest(input, at, random),
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

fn flip_bit(input: &mut [u8], random: &mut Random) {
    let bit = 1 << random.below(8);
    let at = random.below(input.len());
    if let Some(byte) = input.get_mut(at) {
        *byte ^= bit;
    }
}

fn overwrite(input: &mut [u8], random: &mut Random) {
    let edge = random.pick(EDGES).copied().unwrap_or_default();
    let at = random.below(input.len());
    if let Some(byte) = input.get_mut(at) {
        *byte = edge;
    }
}

/// A part of `input`, often short.
fn part(input: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let start = random.below(input.len() + 1);
    let rest = input.len() - start;
    let length = if random.one_in(2) { rest.min(1 + random.below(4)) } else { random.below(rest + 1) };
    start..start + length
}

fn remove(input: &mut Vec<u8>, random: &mut Random) {
    let part = part(input, random);
    input.drain(part);
}

/// Copies a part again, sometimes very often: lengths are bounds that parsers forget.
fn repeat(input: &mut Vec<u8>, random: &mut Random) {
    let part = part(input, random);
    let at = part.end;
    let piece: Vec<u8> = input.drain(part.clone()).collect();
    let times = if random.one_in(8) { 1 << random.below(10) } else { 2 };
    let fits = (super::BYTES_MAX / piece.len().max(1)).max(1);
    insert(input, at - piece.len(), &piece.repeat(times.min(fits)));
}

/// Puts a part of another input into this one.
fn splice(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let Some(other) = random.pick(others) else { return };
    let piece = other.get(part(other, random)).unwrap_or_default();
    let place = part(input, random);
    input.splice(place, piece.iter().copied());
}

/// Opens many brackets: recursion without a bound is a stack overflow.
fn nest(input: &mut Vec<u8>, at: usize, random: &mut Random) {
    let opening: &[u8] = if random.one_in(2) { b"[" } else { b"{\"a\":" };
    insert(input, at, &opening.repeat(1 << random.below(13)));
}
