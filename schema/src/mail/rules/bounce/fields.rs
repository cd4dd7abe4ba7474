//! Blocks of `Name: value` lines, folded lines joined, an empty line between two blocks.

/// Blocks of one report, and fields of one block.
const BLOCKS_MAX: usize = 500;
const FIELDS_MAX: usize = 100;

/// The fields about one recipient, or about the message.
#[derive(Debug, Default)]
pub(super) struct Block(Vec<(String, String)>);

impl Block {
    /// The first field of that name, which is given in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn line(&mut self, line: &str) {
        if let Some(last) = self.0.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            last.1.push(' ');
            last.1.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':')
            && self.0.len() < FIELDS_MAX
        {
            self.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block::default()];
    for line in text.lines() {
        let is_new = line.trim().is_empty()
            || line.to_ascii_lowercase().starts_with("final-recipient:")
                && blocks.last().is_some_and(|block| block.get("final-recipient").is_some());
        if is_new && blocks.last().is_some_and(|block| !block.0.is_empty()) && blocks.len() < BLOCKS_MAX {
            blocks.push(Block::default());
        }
        if let Some(block) = blocks.last_mut() {
            block.line(line);
        }
    }
    blocks
}
