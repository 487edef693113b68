//! A file as blocks of UTF-8. The encoding is what a byte-order mark says, else UTF-8; bytes that are not are an error
//! with their place, however far into the file they stand.

use std::io::{ErrorKind, Read};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::AudienceProblem;
use crate::inside::{self, Closed};

/// Bytes read at a time.
const BLOCK: usize = 128 * 1024;

/// How every zip archive begins, and so XLSX and ODS; and how old XLS files begin.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

pub(super) struct Source {
    input: Box<dyn Read + Send>,
    block_size: usize,
    encoding: &'static str,
    /// None for UTF-8.
    decoder: Option<encoding_rs::Decoder>,
    /// What was read and not decoded yet: the first block, or the beginning of a character.
    pending: Vec<u8>,
    /// Bytes of the file before `pending`.
    offset: u64,
    /// Line breaks before `pending`.
    newlines: u64,
    ended: bool,
}

impl Source {
    pub(super) fn open(path: &Path, folder: &Path) -> Result<Source, AudienceProblem> {
        let file = inside::open(path, folder).map_err(|error| match inside::why(&error) {
            Some(Closed::NotAFile) => AudienceProblem::NotAFile,
            Some(Closed::LeadsOut) => AudienceProblem::LeadsOut,
            None if error.kind() == ErrorKind::NotFound => AudienceProblem::NotFound,
            None => AudienceProblem::Unreadable(error),
        })?;
        Source::new(Box::new(file))
    }

    pub(super) fn new(input: Box<dyn Read + Send>) -> Result<Source, AudienceProblem> {
        Source::in_blocks(input, BLOCK)
    }

    /// Reads the first block, for its byte-order mark.
    pub(super) fn in_blocks(
        mut input: Box<dyn Read + Send>,
        block_size: usize,
    ) -> Result<Source, AudienceProblem> {
        let mut pending = vec![];
        let ended = read_block(&mut *input, block_size, &mut pending)?;
        if WORKBOOKS.iter().any(|magic| pending.starts_with(magic)) {
            return Err(AudienceProblem::Workbook);
        }
        let (encoding, decoder, mark) = match pending.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => ("UTF-8", None, 3),
            [0xff, 0xfe, ..] => ("UTF-16LE", Some(UTF_16LE.new_decoder_without_bom_handling()), 2),
            [0xfe, 0xff, ..] => ("UTF-16BE", Some(UTF_16BE.new_decoder_without_bom_handling()), 2),
            _ => ("UTF-8", None, 0),
        };
        pending.drain(..mark);
        Ok(Source {
            input,
            block_size,
            encoding,
            decoder,
            pending,
            offset: mark as u64,
            newlines: 0,
            ended,
        })
    }

    /// As of this encoding, unless a byte-order mark says another.
    pub(super) fn in_encoding(self, encoding: &'static Encoding) -> Source {
        if self.offset > 0 || encoding == UTF_8 {
            return self;
        }
        Source {
            encoding: encoding.name(),
            decoder: Some(encoding.new_decoder_without_bom_handling()),
            ..self
        }
    }

    pub(super) fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Nothing is left to read.
    pub(super) fn at_end(&self) -> bool {
        self.ended && self.pending.is_empty()
    }

    /// What the bytes of the text are counted from before anything is read: behind the mark of a file in UTF-8, so that
    /// they are bytes of the file; 0 in UTF-16.
    pub(super) fn text_start(&self) -> u64 {
        if self.decoder.is_none() { self.offset } else { 0 }
    }

    /// Puts the next block in place of what `block` holds. False at the end of the file, with an empty block.
    pub(super) fn next_block(&mut self, block: &mut Vec<u8>) -> Result<bool, AudienceProblem> {
        block.clear();
        while block.is_empty() {
            if self.pending.len() < self.block_size && !self.ended {
                self.ended = read_block(&mut *self.input, self.block_size, &mut self.pending)?;
            }
            let last = self.pending.is_empty();
            match self.decoder.take() {
                None if last => break,
                None => self.take_utf8(block)?,
                Some(decoder) => self.take_encoded(decoder, last, block)?,
            }
        }
        self.newlines += newlines(block);
        Ok(!block.is_empty())
    }

    /// Moves what is whole UTF-8; the beginning of a character waits for its rest.
    fn take_utf8(&mut self, block: &mut Vec<u8>) -> Result<(), AudienceProblem> {
        std::mem::swap(block, &mut self.pending);
        self.pending.clear();
        if let Err(error) = std::str::from_utf8(block) {
            let valid = error.valid_up_to();
            if error.error_len().is_some() || self.ended {
                let line = self.newlines + newlines(&block[..valid]) + 1;
                return Err(AudienceProblem::NotUtf8 {
                    line,
                    byte: self.offset + valid as u64,
                });
            }
            self.pending.extend_from_slice(&block[valid..]);
            block.truncate(valid);
        }
        self.offset += block.len() as u64;
        Ok(())
    }

    /// Decodes what is there. The last call, with nothing, says whether half a character was left; the decoder is not
    /// kept after it.
    fn take_encoded(
        &mut self,
        mut decoder: encoding_rs::Decoder,
        last: bool,
        block: &mut Vec<u8>,
    ) -> Result<(), AudienceProblem> {
        let room = decoder.max_utf8_buffer_length_without_replacement(self.pending.len());
        block.resize(room.unwrap_or(4 * self.pending.len() + 16), 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(&self.pending, block, last);
        block.truncate(written);
        match result {
            DecoderResult::InputEmpty => {}
            // Full it cannot be: the room is what the decoder asks for at most.
            DecoderResult::Malformed(..) | DecoderResult::OutputFull => {
                let line = self.newlines + newlines(block) + 1;
                return Err(AudienceProblem::NotInEncoding {
                    encoding: self.encoding,
                    line,
                    byte: self.offset + read as u64,
                });
            }
        }
        self.offset += read as u64;
        self.pending.clear();
        self.decoder = (!last).then_some(decoder);
        Ok(())
    }
}

pub(super) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

/// Reads a block behind what is there. True when the input is at its end.
fn read_block(input: &mut dyn Read, size: usize, into: &mut Vec<u8>) -> Result<bool, std::io::Error> {
    let read = input.take(size as u64).read_to_end(into)?;
    Ok(read < size)
}
