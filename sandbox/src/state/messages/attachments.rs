//! Files: named, measured and kept.

use bytes::Bytes;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::{Attachment, Blob, Upload};

impl State {
    /// Keeps a file, and returns it as an attachment.
    pub(crate) fn store(&mut self, upload: &Upload, description: Option<String>) -> Attachment {
        let attachment = self.measure(upload, description);
        self.keep(attachment.id, upload.bytes.clone());
        attachment
    }

    /// Keeps the bytes of an attachment.
    pub(in crate::state) fn keep(&mut self, attachment: Id, bytes: Bytes) {
        self.messages.keep_file(attachment, bytes);
    }

    /// Makes an attachment of a file, without keeping its bytes yet.
    pub(in crate::state) fn measure(&mut self, upload: &Upload, description: Option<String>) -> Attachment {
        let id = self.next_id();
        let size = imagesize::blob_size(&upload.bytes).ok();
        let measure = |side: usize| u64::try_from(side).ok();
        let filename = safe_name(&upload.filename);
        Attachment {
            id,
            content_type: content_type(&filename, upload.content_type.as_deref()),
            filename,
            description,
            size: u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX),
            width: size.and_then(|size| measure(size.width)),
            height: size.and_then(|size| measure(size.height)),
            placed: false,
        }
    }

    /// Returns where the bytes of an attachment are.
    pub(crate) fn blob(&self, attachment: Id) -> Option<Blob> {
        self.messages.file(attachment).cloned()
    }

    /// Returns where the bytes behind a URL of the sandbox are.
    pub(crate) fn blob_at(&self, url: &str) -> Option<Blob> {
        let path = url.strip_prefix(&self.origin)?.strip_prefix("/attachments/")?;
        let id = path.split('/').nth(1)?.parse().ok()?;
        self.blob(id)
    }
}

/// Replaces what Discord does not keep of a file name (all but letters, digits, `.`, `_` and `-`)
/// with `_`.
pub(in crate::state) fn safe_name(name: &str) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let safe: String = name.chars().map(keep).collect();
    if safe.is_empty() {
        "unknown".to_owned()
    } else {
        safe
    }
}

/// Returns the media type by the file name, else as it was sent.
pub(crate) fn content_type(filename: &str, sent: Option<&str>) -> String {
    let extension = filename
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let known = match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "txt" | "log" | "md" => "text/plain; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        _ => sent.unwrap_or("application/octet-stream"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_made_safe_as_on_discord() {
        assert_eq!(safe_name("a fox/<b>.png"), "a_fox__b_.png");
        assert_eq!(safe_name(""), "unknown");
    }
}
