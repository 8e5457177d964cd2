//! Owns places in policy text: which file, which bytes. Lines and columns are counted only when
//! somebody reads them.

/// Which of the files of a policy: the policy itself is always number 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct FileId(pub(crate) u16);

/// A range of bytes in one file; `start == end` marks a point (something is missing there).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    file: FileId,
    start: u32,
    end: u32,
}

impl Span {
    /// Bytes `start..end` of a file. Offsets beyond 4 GiB saturate; files are refused long before.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX).max(start);
        Self { file, start, end }
    }

    /// The file.
    #[must_use]
    pub const fn file(self) -> FileId {
        self.file
    }

    /// First byte.
    #[must_use]
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last byte.
    #[must_use]
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// A part of this span, given by byte offsets from its start; clipped to the span.
    #[must_use]
    pub fn part(self, from: usize, to: usize) -> Self {
        let start = self.start().saturating_add(from).min(self.end());
        let end = self.start().saturating_add(to).clamp(start, self.end());
        Self::new(self.file, start, end)
    }
}

/// A value and the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place, another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
