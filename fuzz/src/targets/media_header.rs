//! Headers of images, and the decoders behind them: uploads are whatever their uploaders say they are.

use alphorn_media::{MediaConfig, inspect_header};

use super::{Target, label};

pub(super) const TARGET: Target = Target {
    name: "media_header",
    about: "what the first bytes of an image say",
    run,
    tokens: &[
        "\u{89}PNG\r\n\u{1a}\n",
        "IHDR",
        "acTL",
        "IDAT",
        "GIF89a",
        "GIF87a",
        "RIFF",
        "WEBP",
        "VP8 ",
        "VP8L",
        "VP8X",
        "ANIM",
        "Exif",
    ],
};

fn run(input: &[u8]) -> String {
    match inspect_header(input) {
        Err(error) => label(&error),
        Ok(header) => {
            assert!(header.width > 0 && header.height > 0, "an image without pixels");
            let bound = MediaConfig::default().thumbnail_decode_bytes_max;
            let fits = header.decode_bytes() <= bound;
            format!("{:?}, animated {}, fits {fits}", header.format, header.animated)
        }
    }
}
