//! Ranges that are served, refused and passed over.

use proptest::prelude::*;

use super::*;

#[test]
fn ranges_are_read_as_the_rfc_has_them() {
    for (header, expected) in [
        ("bytes=0-499", Wanted::Part(0..500)),
        ("bytes=500-999", Wanted::Part(500..1000)),
        ("bytes=500-", Wanted::Part(500..1000)),
        ("bytes=-500", Wanted::Part(500..1000)),
        ("bytes=-5000", Wanted::Part(0..1000)),
        ("bytes=0-0", Wanted::Part(0..1)),
        ("bytes=999-99999999999999999999999", Wanted::Part(999..1000)),
        ("Bytes = 1 - 2", Wanted::Part(1..3)),
        ("bytes=1000-", Wanted::Nothing),
        ("bytes=1000-2000", Wanted::Nothing),
        ("bytes=-0", Wanted::Nothing),
        ("bytes=5-2", Wanted::Whole),
        ("bytes=0-1,5-6", Wanted::Whole),
        ("bytes=-", Wanted::Whole),
        ("bytes=+1-2", Wanted::Whole),
        ("bytes", Wanted::Whole),
        ("lines=1-2", Wanted::Whole),
        ("", Wanted::Whole),
    ] {
        assert_eq!(wanted(Some(header), 1000), expected, "{header}");
    }
    assert_eq!(wanted(None, 1000), Wanted::Whole);
    assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    assert_eq!(wanted(Some("bytes=-1"), 0), Wanted::Nothing);
}

proptest! {
    #[test]
    fn a_part_lies_in_the_file_and_is_not_empty(header in "(bytes=)?[0-9 ,+=-]{0,24}", size: u64) {
        if let Wanted::Part(part) = wanted(Some(&header), size) {
            prop_assert!(part.start < part.end && part.end <= size, "{:?} of {}", part, size);
        }
    }
}
