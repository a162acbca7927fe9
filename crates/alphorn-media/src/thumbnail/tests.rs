//! Sizes: what is asked for, what is made.

use proptest::prelude::*;

use super::*;

fn variant(width: u32, height: u32, method: Method) -> Variant {
    ThumbnailRequest::new(width, height, method, false).unwrap().variant()
}

#[test]
fn requests_are_rounded_up_to_the_recommended_sizes() {
    let scaled = |width, height| Variant::Scaled { width, height };
    let cropped = |width, height| Variant::Cropped { width, height };
    for (request, expected) in [
        ((1, 1, Method::Scale), scaled(320, 240)),
        ((320, 240, Method::Scale), scaled(320, 240)),
        ((321, 240, Method::Scale), scaled(640, 480)),
        ((800, 600, Method::Scale), scaled(800, 600)),
        ((1600, 1200, Method::Scale), scaled(1600, 1200)),
        ((1600, 1201, Method::Scale), Variant::Full),
        ((1, 1, Method::Crop), cropped(32, 32)),
        ((32, 32, Method::Crop), cropped(32, 32)),
        ((33, 33, Method::Crop), cropped(96, 96)),
        ((96, 96, Method::Crop), cropped(96, 96)),
        ((64, 48, Method::Crop), cropped(96, 72)),
        ((u32::MAX, 1, Method::Crop), Variant::Full),
    ] {
        assert_eq!(variant(request.0, request.1, request.2), expected, "{request:?}");
    }
}

#[test]
fn a_size_of_zero_is_refused() {
    for (width, height) in [(0, 1), (1, 0), (0, 0)] {
        let refused = ThumbnailRequest::new(width, height, Method::Scale, false);
        assert!(matches!(refused, Err(ThumbnailError::EmptySize)));
    }
}

#[test]
fn scaling_keeps_the_aspect_ratio_and_covers_the_size() {
    let scaled = Variant::Scaled { width: 320, height: 240 };
    assert_eq!(scaled.plan(4000, 3000), Plan::Scale((320, 240)));
    assert_eq!(scaled.plan(3000, 4000), Plan::Scale((320, 427)));
    assert_eq!(scaled.plan(300, 4000), Plan::Unchanged);
    assert_eq!(scaled.plan(320, 240), Plan::Unchanged);
    assert_eq!(scaled.plan(30_000, 300), Plan::Scale((4096, 41)));
}

#[test]
fn cropping_takes_the_aspect_ratio_of_the_request() {
    let cropped = Variant::Cropped { width: 96, height: 96 };
    assert_eq!(cropped.plan(4000, 3000), Plan::Crop { cut: (3000, 3000), size: (96, 96) });
    assert_eq!(cropped.plan(500, 50), Plan::Crop { cut: (50, 50), size: (50, 50) });
    assert_eq!(cropped.plan(96, 40), Plan::Unchanged);
}

fn method() -> impl Strategy<Value = Method> {
    prop::sample::select(vec![Method::Scale, Method::Crop])
}

proptest! {
    #[test]
    fn nothing_is_enlarged_and_nothing_is_needlessly_small(
        image in (1_u32..20_000, 1_u32..20_000),
        request in (1_u32..2500, 1_u32..2500),
        method in method(),
    ) {
        let size = match variant(request.0, request.1, method).plan(image.0, image.1) {
            Plan::Unchanged => image,
            Plan::Scale(size) => size,
            Plan::Crop { cut, size } => {
                prop_assert!(cut.0 <= image.0 && cut.1 <= image.1, "{:?}", cut);
                prop_assert!(size.0 <= cut.0 && size.1 <= cut.1, "{:?} {:?}", cut, size);
                size
            }
        };
        prop_assert!(size.0 >= 1 && size.1 >= 1);
        prop_assert!(size.0 <= image.0 && size.1 <= image.1);
        let limited = size.0.max(size.1) == SIDE_MAX;
        let impossible = image.0 < request.0 || image.1 < request.1;
        prop_assert!(
            impossible || limited || (size.0 >= request.0 && size.1 >= request.1),
            "{:?} for {:?}", size, request
        );
    }

    #[test]
    fn a_file_has_few_scaled_thumbnails(width in 1_u32.., height in 1_u32..) {
        let name = variant(width, height, Method::Scale).name();
        prop_assert!(["320x240-scale", "640x480-scale", "800x600-scale", "1600x1200-scale", "full"]
            .contains(&name.as_str()));
    }
}
