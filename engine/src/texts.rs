//! The texts of a window as one compressed blob. Later versions of a campaign may render differently: what was sent
//! stays as it was.

use crate::ids::MessageId;

/// Why a blob of the store cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The compressed frame is damaged.
    #[error("texts do not decompress")]
    Compression(#[source] std::io::Error),
    /// The frame holds something else.
    #[error("texts do not decode")]
    Encoding(#[source] postcard::Error),
}

/// Compresses messages and their texts.
pub fn encode<'a>(texts: impl Iterator<Item = (MessageId, &'a str)>) -> Vec<u8> {
    let texts: Vec<(i64, &str)> = texts.map(|(id, text)| (id.0, text)).collect();
    let plain = postcard::to_allocvec(&texts).expect("ids and texts encode");
    zstd::bulk::compress(&plain, 1).expect("memory compresses into memory")
}

/// Reads what [`encode`] wrote.
pub fn decode(blob: &[u8]) -> Result<Vec<(MessageId, String)>, CodecError> {
    let plain = zstd::stream::decode_all(blob).map_err(CodecError::Compression)?;
    let texts: Vec<(i64, String)> = postcard::from_bytes(&plain).map_err(CodecError::Encoding)?;
    Ok(texts
        .into_iter()
        .map(|(id, text)| (MessageId(id), text))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_went() {
        let texts = [(MessageId(4_096), "Ciao Zoë 😀"), (MessageId(4_097), "")];
        let blob = encode(texts.into_iter());
        let back = decode(&blob).expect("what we wrote");
        assert_eq!(back, texts.map(|(id, text)| (id, text.to_owned())));
        assert!(decode(&blob[..blob.len() - 1]).is_err());
    }
}
