//! Tells a caller how far a reading has come, without calling at every row.

/// How many bytes lie between two reports.
const STEP: u64 = 64 * 1024;

/// Reports the bytes read so far, never fewer than before.
pub(crate) struct Progress<'a> {
    report: &'a mut dyn FnMut(u64),
    before: u64,
    reported: u64,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(report: &'a mut dyn FnMut(u64)) -> Self {
        Self {
            report,
            before: 0,
            reported: 0,
        }
    }

    /// So many bytes of the present file are read.
    pub(crate) fn at(&mut self, bytes: u64) {
        let total = self.before.saturating_add(bytes);
        if total.saturating_sub(self.reported) >= STEP {
            self.reported = total;
            (self.report)(total);
        }
    }

    /// The present file is read whole and had so many bytes.
    pub(crate) fn end_of_file(&mut self, bytes: u64) {
        self.before = self.before.saturating_add(bytes);
        self.reported = self.before;
        (self.report)(self.before);
    }
}
