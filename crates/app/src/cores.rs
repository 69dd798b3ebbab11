//! Work on many items, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::AppError;

/// How many items a thread takes at a time: few, so that all end together.
const STRIDE: usize = 8;

/// Applies `work` to all items on `workers` threads; the answers come in the order of the items.
/// Few items are worked on at once, without a thread of their own.
pub(crate) async fn spread<T, R, F>(
    items: &Arc<Vec<T>>,
    workers: usize,
    work: F,
) -> Result<Vec<R>, AppError>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
    F: Fn(&T) -> R + Send + Sync + 'static,
{
    if items.len() <= STRIDE {
        return Ok(items.iter().map(work).collect());
    }
    let work = Arc::new(work);
    let next = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..workers.max(1))
        .map(|_| {
            let (items, work, next) = (Arc::clone(items), Arc::clone(&work), Arc::clone(&next));
            tokio::task::spawn_blocking(move || {
                let mut answers = Vec::new();
                loop {
                    let start = next.fetch_add(STRIDE, Ordering::Relaxed);
                    let taken = items.iter().enumerate().skip(start).take(STRIDE);
                    let before = answers.len();
                    answers.extend(taken.map(|(place, item)| (place, work(item))));
                    if answers.len() == before {
                        return answers;
                    }
                }
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(items.len());
    for thread in threads {
        let some = thread
            .await
            .map_err(|_| AppError::Internal("a thread of the work broke off".to_owned()))?;
        answers.extend(some);
    }
    answers.sort_by_key(|(place, _)| *place);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// How many threads run at the same time on this machine.
pub(crate) fn all() -> usize {
    // Asked once: the answer is read from files of the system.
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_item_is_answered_once_and_in_its_place() {
        for count in [0_usize, 1, 8, 9, 1_000] {
            let items = Arc::new((0..count).collect::<Vec<_>>());
            let answers = spread(&items, 3, |item| item * 2).await.unwrap();
            assert!(answers.iter().copied().eq((0..count).map(|item| item * 2)));
        }
    }
}
