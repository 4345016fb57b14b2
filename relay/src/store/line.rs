//! Who comes behind one that failed must not pass it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::StoreError;

/// The appends of one connection, in the order handed in. It breaks when the store fails one of
/// them, for good: what was sent behind that one was sent before its answer was read, so it must
/// not be stored. A store asks at the place where it decides the order.
#[derive(Clone, Debug, Default)]
pub struct Line(Arc<AtomicBool>);

impl Line {
    /// Whether the store failed one of this line.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// The store failed one of this line.
    pub fn break_off(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// What became of one of this line.
    pub fn note<T>(&self, result: &Result<T, StoreError>) {
        if result.as_ref().is_err_and(StoreError::is_fault) {
            self.break_off();
        }
    }

    /// Does what is next, unless one before it failed.
    ///
    /// # Errors
    /// [`StoreError::Behind`]; else what `work` says, which breaks the line if it is a fault.
    pub fn step<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.is_broken() {
            return Err(StoreError::Behind);
        }
        let result = work();
        self.note(&result);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, StoreError};

    #[test]
    fn a_fault_breaks_it_for_good_and_a_refusal_does_not() {
        let line = Line::default();
        let full = Err::<(), _>(StoreError::StreamFull);
        assert_eq!(line.step(|| full), full);
        assert_eq!(line.step(|| Ok(1)), Ok(1));
        let fault = Err::<(), _>(StoreError::StorageFull);
        assert_eq!(line.clone().step(|| fault), fault);
        assert_eq!(line.step(|| Ok(2)), Err(StoreError::Behind));
    }
}
