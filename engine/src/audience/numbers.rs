//! Numbers as the lines of a list, made as they are read.

use std::io::{self, Read};

/// A header, then a number a line.
pub(super) struct Numbers {
    left: std::vec::IntoIter<u64>,
    /// What was made and not read yet.
    line: Vec<u8>,
    read: usize,
}

impl Numbers {
    pub fn new(numbers: Vec<u64>) -> Numbers {
        Numbers {
            left: numbers.into_iter(),
            line: b"phone\n".to_vec(),
            read: 0,
        }
    }
}

impl Read for Numbers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            if self.read == self.line.len() {
                let Some(number) = self.left.next() else { break };
                self.line = format!("+{number}\n").into_bytes();
                self.read = 0;
            }
            let n = (self.line.len() - self.read).min(buffer.len() - filled);
            buffer[filled..filled + n].copy_from_slice(&self.line[self.read..self.read + n]);
            (self.read, filled) = (self.read + n, filled + n);
        }
        Ok(filled)
    }
}
